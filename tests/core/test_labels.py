"""What fields and addresses are called where a text is shown outside its form."""

import pytest

from app.core import labels


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        ("body", "/proposals/ABC/comments", "Comment"),
        ("body", "/consultations/air/proposals", "Proposal"),
        ("body", "/elsewhere", "Text"),
        ("text", "/desk/answers/7", "Answer"),
        ("reason", "/proposals/ABC/withdrawal", "Reason"),
        ("something", "/proposals/ABC/comments", labels.OTHER),
    ],
)
def test_a_field_is_called_by_its_place(name: str, path: str, words: str) -> None:
    """A comment's text is a comment."""
    assert labels.field(name, path) == words


def test_what_is_sent_is_said_in_words() -> None:
    """With the code of what it concerns; an unknown address has no words."""
    assert labels.act("/proposals/ABC-1/comments") == ("A comment on the proposal %(code)s", "ABC-1")
    assert labels.act("/desk/consultations/air/decision") == ("A decision summary", "")
    assert labels.act("/tulisan") is None
