"""Telling authors that their proposal or comment was answered."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts import queries as accounts
from app.accounts.models import Account
from app.contributions.models import Contribution, Kind, LightCounted
from app.core import mail
from app.core.columns import table
from app.core.i18n import N_, say
from app.responses.models import Answer, Response
from app.responses.queries import Answered
from app.themes import queries as themes
from app.themes.queries import ThemeName

SUBJECT = N_("Your proposal has been answered: %(title)s")
BODY = N_(
    "The office has answered your proposal “%(title)s” (%(code)s).\n\n%(answer)s\n\n"
    "Read the answer here:\n%(address)s\n\n"
    "You get this message because you sent the proposal. To get no more messages about answers, open:\n%(stop)s\n"
)


OF_COMMENT = N_("Your comment has been answered: %(title)s")
BODY_OF_COMMENT = N_(
    "The office has answered your comment “%(title)s” (%(code)s).\n\n%(answer)s\n\n"
    "Read the answer here:\n%(address)s\n\n"
    "You get this message because you sent the comment. To get no more messages about answers, open:\n%(stop)s\n"
)

OF_THEME = N_("This answers what you say about: %(theme)s")
MORE = N_("Further themes in your words are still to be answered. You get a message for each.")
_l = table(LightCounted).c
_WHOLE = select(_l.contribution_id).where(_l.contribution_id.in_(bindparam("ids", expanding=True)), _l.answered == 1)


def answered(
    session: Session, response: Response, answers: Sequence[Answer], items: Mapping[int, Answered], base_url: str
) -> None:
    """Write to each author in their language, if they have an address and want such mail: their words come first."""
    a, c = table(Account).c, table(Contribution).c
    rows = session.execute(
        select(a.id, a.email, a.lang, c.id.label("contribution"))
        .join_from(table(Contribution), table(Account), a.participant_id == c.participant_id)
        .where(
            c.id.in_(list(items)),
            a.email.is_not(None),
            a.confirmed_at.is_not(None),
            a.answers_by_mail.is_(True),
        )
        .order_by(c.id)
    ).all()
    of = {answer.contribution_id: answer for answer in answers}
    theme = themes.name(session, response.theme_id) if response.theme_id is not None else None
    whole = set(session.execute(_WHOLE, {"ids": list(items)}).scalars()) if theme else set(items)
    for row in rows:
        item, stop = items[row.contribution], base_url + accounts.unsubscribe_path(row.id)
        subject, body = (SUBJECT, BODY) if item.kind == Kind.PROPOSAL else (OF_COMMENT, BODY_OF_COMMENT)
        values = {"title": item.title, "code": item.code, "address": base_url + item.url, "stop": stop}
        values["answer"] = _told(response, of[row.contribution], row.lang, theme, row.contribution in whole)
        mail.post(session, row.email, say(subject, values, row.lang), say(body, values, row.lang), unsubscribe=stop)


def _told(response: Response, answer: Answer, lang: str, theme: ThemeName | None, whole: bool) -> str:
    """The quote as mail shows quotes, the text for all, what holds for this one alone, and what is still to come."""
    other = lang != response.lang
    lines = [f"> {line}" for line in answer.quote.splitlines()]
    text = (other and response.other_text) or response.text
    exception = (other and answer.other_exception) or answer.exception
    told = [say(OF_THEME, {"theme": theme.said(lang)[0]}, lang)] if theme else []
    rest = [] if whole else [say(MORE, {}, lang)]
    return "\n\n".join(part for part in ("\n".join(lines), *told, text, exception, *rest) if part)
