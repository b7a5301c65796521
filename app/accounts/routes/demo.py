"""Sent mail as a page, so that a demonstration works without a mail server."""

import re
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response

from app.accounts.routes import browsers
from app.core import db, mail, web
from app.core.access import CurrentActor, Missing, guard

router = APIRouter()
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,500}")


@dataclass(frozen=True)
class Letter:
    """A message as it is read on the page: its body in pieces, some of which lead somewhere of ours."""

    to: str
    subject: str
    at: datetime
    pieces: tuple[tuple[str, str], ...]


def pieces(body: str, base_url: str) -> tuple[tuple[str, str], ...]:
    """A body as text and links; only our own addresses become links."""
    found: list[tuple[str, str]] = []
    end = 0
    for match in _ADDRESS.finditer(body):
        address = match.group()
        if address == base_url or address.startswith(f"{base_url}/"):
            found += [(body[end : match.start()], ""), (address, web.own_path(address[len(base_url) :]))]
            end = match.end()
    return (*found, (body[end:], ""))


@router.get("/demo/mail", dependencies=[guard("demo.mail")])
def mail_page(request: Request, session: db.Read, actor: CurrentActor) -> Response:
    """The newest messages; only in a demonstration."""
    if not web.site.demo:
        raise Missing
    base = web.base_url(request)
    letters = [
        Letter(one.to_address, one.subject, one.created_at, pieces(one.body, base)) for one in mail.latest(session)
    ]
    return browsers.private(web.render(request, "accounts/demo_mail.html", letters=letters))
