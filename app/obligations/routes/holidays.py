"""The administrators' page of the days on which nobody works."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import access, clock, db, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.obligations import actions, queries
from app.obligations.forms import LIST, HolidayForm, HolidayListForm, Unreadable, read_holidays

router = APIRouter()
Year = Annotated[int, Query(ge=2000, le=2100)]
InPath = Annotated[int, Path(ge=2000, le=2100)]


@router.get("/admin/holidays", dependencies=[guard("obligations.arrange")])
def holidays(request: Request, session: db.Read, year: Year | None = None) -> Response:
    """The holidays of a year, to be entered, pasted, copied and taken out."""
    return _page(request, session, year or clock.local(clock.now()).year, blank(), blank())


def _page(request: Request, session: Session, year: int, adding: Submission[Any], pasting: Submission[Any]) -> Response:
    return web.render(
        request,
        "obligations/holidays.html",
        max(adding.status, pasting.status),
        year=year,
        holidays=queries.holidays(session, year),
        before=queries.holidays(session, year - 1),
        rest=[gettext(queries.DAYS[day]) for day in sorted(queries.rest_days())],
        adding=adding,
        pasting=pasting,
        form=adding if adding.errors else pasting,
    )


def _refused(request: Request, year: int, adding: Submission[Any], pasting: Submission[Any]) -> Response:
    with db.reading() as session:
        return _page(request, session, year, adding, pasting)


@router.post("/admin/holidays", dependencies=[guard("obligations.arrange")])
async def add(
    request: Request,
    actor: access.CurrentActor,
    form: Annotated[Submission[HolidayForm], submitted(HolidayForm)],
) -> Response:
    """Enter one day."""
    if not form.valid:
        return await run_in_threadpool(_refused, request, clock.local(clock.now()).year, form, blank())
    entered = form.checked
    await db.write(actions.set_holidays, actor, {entered.day: (entered.name, entered.name_en)})
    return web.done(request, f"/admin/holidays?year={entered.day.year}", N_("The day is entered."))


@router.post("/admin/holidays/list", dependencies=[guard("obligations.arrange")])
async def paste(
    request: Request,
    actor: access.CurrentActor,
    form: Annotated[Submission[HolidayListForm], submitted(HolidayListForm)],
) -> Response:
    """Enter a pasted or uploaded list; all of it or, where a line cannot be read, nothing."""
    text = form.checked.list if form.valid else ""
    for file in form.files.get("file", ()):
        text += "\n" + (await file.read(LIST)).decode("utf-8-sig", errors="replace")
    days: dict[date, tuple[str, str]] = {}
    if form.valid:
        try:
            days = read_holidays(text)
        except Unreadable as bad:
            numbers = ", ".join(str(number) for number in bad.numbers[:10])
            message = N_("These lines hold no date with a name: %(lines)s. Nothing was entered.")
            form.blame("list", message, lines=numbers)
        if not days and not form.errors:
            form.blame("list", N_("Paste a list, or choose a file with one."))
    if not form.valid:
        return await run_in_threadpool(_refused, request, clock.local(clock.now()).year, blank(), form)
    number = await db.write(actions.set_holidays, actor, days)
    to = f"/admin/holidays?year={min(days).year}"
    return web.done(request, to, N_("Days entered: %(number)s."), number=number)


@router.post("/admin/holidays/{year}/copy", dependencies=[guard("obligations.arrange")])
async def copy(request: Request, actor: access.CurrentActor, year: InPath) -> Response:
    """Copy last year's days to this year."""
    form: Submission[Any] = blank()
    number = 0
    try:
        number = await db.write(actions.copy_year, actor, year)
    except Conflict as refused:
        form.refuse(refused.reason)
    if form.errors:
        return await run_in_threadpool(_refused, request, year, form, blank())
    notice = N_("Days copied: %(number)s. Correct those that fall on another date this year.")
    return web.done(request, f"/admin/holidays?year={year}", notice, number=number)


@router.post("/admin/holidays/{day}/removal", dependencies=[guard("obligations.arrange")])
async def remove(request: Request, actor: access.CurrentActor, day: date) -> Response:
    """Let a day be a working day again."""
    await db.write(actions.remove_holiday, actor, day)
    return web.done(request, f"/admin/holidays?year={day.year}", N_("The day is a working day again."))
