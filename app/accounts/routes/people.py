"""People and their roles, for administrators."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from app.accounts.actions import roles
from app.accounts.forms import GrantForm
from app.accounts.models import Role
from app.accounts.queries import ROLE_NAMES, people
from app.core import db, web
from app.core.access import Conflict, CurrentActor, Missing, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, Message
from app.core.paging import Cursor

router = APIRouter()
Somebody = Annotated[people.Somebody, guard("accounts.grant", people.in_path)]


@router.get("/admin/people", dependencies=[guard("accounts.grant")])
def people_page(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Cursor = "",
) -> Response:
    """Who has an account, and who holds a role."""
    sought = q.strip()[:100]
    found = people.people(session, sought, after or None)
    more = {"after": found.next, **({"q": sought} if sought else {})}
    values: dict[str, Any] = {
        "form": blank(q=sought),
        "people": found.items,
        "next_url": f"/admin/people?{urlencode(more)}" if found.next else None,
        "holders": people.holders(session) if not sought and not after else (),
        "names": ROLE_NAMES,
    }
    return web.render(request, "accounts/people.html", **values)


@router.get("/admin/people/{number}")
def person_page(request: Request, session: db.Read, actor: CurrentActor, somebody: Somebody) -> Response:
    """One person's roles, and the form to give another."""
    return _page(request, session, somebody, blank())


def _page(request: Request, session: db.Read, somebody: people.Somebody, form: Submission[GrantForm]) -> Response:
    values: dict[str, Any] = {
        "somebody": somebody,
        "form": form,
        "names": ROLE_NAMES,
        "roles": [(role.value, ROLE_NAMES[role]) for role in Role],
        "offices": people.offices(session),
    }
    return web.render(request, "accounts/person.html", form.status, **values)


@router.post("/admin/people/{number}/roles")
async def grant(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    somebody: Somebody,
    form: Annotated[Submission[GrantForm], submitted(GrantForm)],
) -> Response:
    """Give a role."""
    if form.valid and form.checked.role is Role.OFFICIAL and form.checked.office is None:
        form.blame("office", N_("Choose the office this official belongs to."))
    if form.valid:
        given = (somebody.id, form.checked.role, form.checked.office, web.base_url(request))
        try:
            await db.write(roles.grant, actor, *given)
        except Conflict as refused:
            form.refuse(refused.reason)
    if not form.valid:
        return _page(request, session, somebody, form)
    told = N_("%(name)s now has the role “%(role)s”.")
    role = Message(ROLE_NAMES[form.checked.role])
    return web.done(request, f"/admin/people/{somebody.id}", told, name=somebody.name, role=role)


def _held_by(somebody: people.Somebody, grant: int) -> people.Grant:
    held = next((one for one in somebody.grants if one.id == grant), None)
    if held is None:
        raise Missing
    return held


def _withdrawal(
    request: Request, somebody: people.Somebody, held: people.Grant, form: Submission[GrantForm]
) -> Response:
    values: dict[str, Any] = {"somebody": somebody, "held": held, "names": ROLE_NAMES, "form": form}
    return web.render(request, "accounts/role_withdrawal.html", form.status, **values)


@router.get("/admin/people/{number}/roles/{grant}/withdrawal")
def withdrawal_page(
    request: Request, session: db.Read, actor: CurrentActor, somebody: Somebody, grant: int
) -> Response:
    """Ask once more before a role is taken."""
    values: dict[str, Any] = {
        "somebody": somebody,
        "held": _held_by(somebody, grant),
        "names": ROLE_NAMES,
        "form": blank(),
    }
    return web.render(request, "accounts/role_withdrawal.html", **values)


@router.post("/admin/people/{number}/roles/{grant}/withdrawal")
async def take(request: Request, actor: CurrentActor, somebody: Somebody, grant: int) -> Response:
    """Take a role back."""
    held = _held_by(somebody, grant)
    try:
        await db.write(roles.take, actor, grant)
    except Conflict as refused:
        form = blank()
        form.refuse(refused.reason)
        return _withdrawal(request, somebody, held, form)
    told = N_("%(name)s no longer has the role “%(role)s”.")
    to = f"/admin/people/{somebody.id}" if actor.account != somebody.id else "/me"
    return web.done(request, to, told, name=somebody.name, role=Message(ROLE_NAMES[Role(held.role)]))
