"""The people of the district: those who only speak, and those somebody can sign in as."""

from sqlalchemy import delete, select, update
from sqlmodel import Session

from app.accounts.actions import hash_of, roles, signing_up
from app.accounts.models import Account, Participant, Role, SignIn
from app.accounts.queries import DEMO_PASSWORD
from app.core import clock
from app.core.access import OPERATOR, Actor
from app.core.columns import table
from app.demo import content
from app.demo.content import Told
from app.demo.diary import District

DOMAIN = "@demo.rembuk.example"
_ROLES = {
    "pemeriksa": Role.CHECKER,
    "moderator": Role.MODERATOR,
    "fasilitator": Role.FACILITATOR,
    "admin": Role.ADMINISTRATOR,
}
_a = table(Account).c
_DEMO = _a.email.endswith(DOMAIN, autoescape=True)


def move_in(session: Session, district: District) -> None:
    """Make everybody known; whoever has a role or is the citizen of the demonstration gets an account."""
    password = hash_of(DEMO_PASSWORD)
    for told in content.people():
        key = told["key"]
        if _signs_in(told):
            district.people[key] = _with_account(session, district, told, password)
        else:
            person = Participant(name=told["name"], created_at=clock.now())
            session.add(person)
            session.flush()
            district.people[key] = Actor(participant=person.id, name=told["name"], lang=told["lang"], confirmed=True)


def _signs_in(told: Told) -> bool:
    return told["key"] == "warga" or told["key"] in _ROLES or "office" in told


def sign_ins() -> list[tuple[str, str]]:
    """Whom one can sign in as: the address, and who that is."""
    offices = {office["key"]: office["name_en"] for office in content.places()["offices"]}
    found = []
    for told in filter(_signs_in, content.people()):
        role = _ROLES.get(told["key"], "citizen")
        what = f"official, {offices[told['office']]}" if "office" in told else str(role)
        found.append((told["key"] + DOMAIN, f"{told['name']} ({what})"))
    return found


def _with_account(session: Session, district: District, told: Told, password: str) -> Actor:
    number = signing_up.open_account(session, told["key"] + DOMAIN, told["name"], password, told["lang"])
    account = session.get_one(Account, number)
    account.confirmed_at = clock.now()
    office = district.offices[told["office"]] if "office" in told else None
    role = Role.OFFICIAL if office else _ROLES.get(told["key"])
    if role is not None:
        roles.grant(session, OPERATOR, number, role, office, "")
    if office:
        district.officials.setdefault(told["office"], told["key"])
    return Actor(
        account=number,
        participant=account.participant_id,
        name=told["name"],
        lang=told["lang"],
        confirmed=True,
        roles=frozenset({role}) if role else frozenset(),
        offices=frozenset({office}) if office else frozenset(),
    )


def let_in(session: Session) -> int:
    """Give the people of the demonstration their known password back, if it was taken; says how many."""
    shut = _DEMO & (_a.password_hash == "")
    if session.execute(select(_a.id).where(shut)).first() is None:
        return 0
    return session.execute(update(table(Account)).where(shut).values(password_hash=hash_of(DEMO_PASSWORD))).rowcount  # type: ignore[attr-defined,no-any-return]


def shut_out(session: Session) -> int:
    """Take the known password from the people of the demonstration and end their sessions; says how many there are."""
    ids = list(session.execute(select(_a.id).where(_DEMO)).scalars())
    session.execute(delete(table(SignIn)).where(table(SignIn).c.account_id.in_(ids)))
    session.execute(update(table(Account)).where(_a.id.in_(ids)).values(password_hash=""))
    return len(ids)
