"""Forms sent from elsewhere are refused, with the text kept; the table of cases of the dependency is ours."""

import pytest

from app.core.access import SESSION_COOKIE
from tests import factories
from tests.page import SAME_ORIGIN, Browser

HERE, ELSEWHERE = "http://127.0.0.1:8000", "https://evil.example"


@pytest.fixture
def bare(browser: Browser) -> Browser:
    """A browser that says nothing of where a form is from, unless a test does."""
    for name in SAME_ORIGIN:
        browser.client.headers.pop(name)
    return browser


CASES = [
    # headers, allowed without a session, allowed with one
    ({"Sec-Fetch-Site": "same-origin"}, True, True),
    ({"Sec-Fetch-Site": "none"}, True, True),
    ({"Sec-Fetch-Site": "same-site"}, False, False),
    ({"Sec-Fetch-Site": "cross-site"}, False, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, False, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": ELSEWHERE}, True, True),
    ({"Origin": HERE}, True, True),
    ({"Origin": "https://127.0.0.1:8000"}, True, True),
    ({"Origin": ELSEWHERE}, False, False),
    ({"Origin": "http://127.0.0.1:9000"}, False, False),
    ({"Origin": "http://127.0.0.1.evil.example:8000"}, False, False),
    ({"Origin": "null"}, False, False),
    ({"Origin": "not an origin"}, False, False),
    ({}, True, False),
]


@pytest.mark.parametrize(("headers", "_without", "with_session"), CASES)
def test_with_a_session(bare: Browser, headers: dict[str, str], _without: bool, with_session: bool) -> None:
    """Where a session acts, a form must prove that it is from one of our pages."""
    bare.sign_in(factories.person())
    page = bare.post("/me", {"name": "Nama yang panjang sekali", "lang": "id"}, **headers)
    assert (page.status != 403) is with_session
    if not with_session:
        assert "Nama yang panjang sekali" in page.html


@pytest.mark.parametrize(("headers", "without", "_with_session"), CASES)
def test_without_a_session(bare: Browser, headers: dict[str, str], without: bool, _with_session: bool) -> None:
    """Without one, only what plainly comes from elsewhere is refused: mail programs send no such headers."""
    page = bare.post("/reset", {"email": "a@contoh.id"}, **headers)
    assert (page.status == 200) is without


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up"])
@pytest.mark.parametrize(("headers", "_without", "proven"), CASES)
def test_signing_in_and_up_must_always_be_proven(
    bare: Browser, path: str, headers: dict[str, str], _without: bool, proven: bool
) -> None:
    """Otherwise somebody could be signed in as a stranger without knowing."""
    assert (bare.post(path, {"email": "x"}, **headers).status != 403) is proven


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_every_unsafe_method_counts(bare: Browser, method: str) -> None:
    """Not only those of forms."""
    answer = bare.client.request(method, "/me", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_from_elsewhere_is_free(bare: Browser, method: str) -> None:
    """A link on another site works."""
    answer = bare.client.request(method, "/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in (200, 405)


def test_any_cookie_by_the_name_of_a_session_counts(bare: Browser) -> None:
    """Also one that is no session any more, and one among others."""
    bare.client.cookies.set("other", "x")
    bare.client.cookies.set(SESSION_COOKIE, "over")
    assert bare.post("/reset", {"email": "a@contoh.id"}).status == 403


def test_a_foreign_form_changes_nothing(bare: Browser) -> None:
    """The account stays as it is."""
    somebody = factories.person(name="Lama")
    bare.sign_in(somebody)
    bare.post("/me", {"name": "Baru", "lang": "id"}, Origin=ELSEWHERE)
    assert "Lama" in bare.get("/me").html
