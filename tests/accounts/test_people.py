"""People and roles, as administrators see them and on the command line."""

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.accounts import actions
from app.accounts.actions import passwords, roles
from app.accounts.models import Account, Role, RoleGrant
from app.accounts.queries import people
from app.core import db
from app.core.access import Conflict, Denied
from tests import factories
from tests.accounts.conftest import PASSWORD, person, rows, sent
from tests.page import Browser


@pytest.fixture
def admin(browser: Browser) -> factories.Person:
    """The administrator who looks."""
    made = person(name="Bu Admin", roles=(Role.ADMINISTRATOR,))
    browser.sign_in(made)
    return made


@pytest.mark.parametrize("role", [(), ("moderator",), ("facilitator",), ("official",)])
def test_only_administrators_see_people(browser: Browser, role: tuple[str, ...]) -> None:
    """For everyone else it is refused, for looking and for acting."""
    target = person()
    office = factories.office() if "official" in role else None
    browser.sign_in(person(roles=role, office=office))
    assert browser.get("/admin/people").status == 403
    assert browser.get(f"/admin/people/{target.account}").status == 403
    fields = {"role": "moderator", "certain": "yes"}
    assert browser.post(f"/admin/people/{target.account}/roles", fields).status == 403
    assert browser.as_().get("/admin/people").status == 401
    assert browser.as_().post(f"/admin/people/{target.account}/roles", fields).status == 401


@pytest.mark.usefixtures("admin")
def test_people_are_found_by_name_and_address(browser: Browser) -> None:
    """By any part of either; signs of a pattern are only letters."""
    one, _other = person(name="Sri Wahyuni"), person(name="Pak Karno")
    assert "Sri Wahyuni" in browser.get("/admin/people?q=wahyu").text
    assert "Pak Karno" not in browser.get("/admin/people?q=wahyu").text
    assert "Sri Wahyuni" in browser.get(f"/admin/people?q={one.email[:8]}").text
    assert "Sri Wahyuni" not in browser.get("/admin/people?q=%25").text
    nobody = browser.get("/admin/people?q=tidak-ada-siapa")
    assert "/admin/people" in nobody.links()


@pytest.mark.usefixtures("admin")
def test_the_list_has_pages(browser: Browser) -> None:
    """Everyone is met once."""
    made = {person(name=f"Orang ke-{number}").email for number in range(25)}
    seen: set[str] = set()
    url = "/admin/people?q=ke-"
    while url:
        page = browser.get(url)
        seen |= {email for email in made if f"{email} " in page.text + " "}
        url = next((link.get("href", "") for link in page.all("a", rel="next")), "")
    assert seen == made
    assert browser.get("/admin/people?after=unsinn").status == 404


def test_a_role_is_given_and_taken(browser: Browser, admin: factories.Person) -> None:
    """The grant says who gave it and when; its holder is told; taking asks once more."""
    target = person(name="Sri Wahyuni")
    url = f"/admin/people/{target.account}"
    page = browser.submit(browser.get(url), f"{url}/roles", role="moderator", certain="yes")
    assert page.url == url
    assert "Bu Admin" in page.text
    grant = rows(RoleGrant)[-1]
    assert (grant.account_id, grant.role, grant.granted_by) == (target.account, "moderator", admin.account)
    assert "Moderator" in sent(target.email)[0].body
    there = f"{url}/roles/{grant.id}/withdrawal"
    assert there in page.links()
    browser.submit(browser.get(there), there)
    assert [row.role for row in rows(RoleGrant)] == ["administrator"]
    assert browser.get(there).status == 404
    assert browser.post(there).status == 404


@pytest.mark.usefixtures("admin")
def test_a_role_counts_at_once(browser: Browser) -> None:
    """The next page of its holder knows it."""
    target = person()
    theirs = browser.as_(target)
    browser.post(f"/admin/people/{target.account}/roles", {"role": "administrator", "certain": "yes"})
    assert theirs.get("/admin/people").status == 200


@pytest.mark.usefixtures("admin")
def test_an_official_needs_an_office(browser: Browser) -> None:
    """One that exists; the same role in two offices is two grants, twice in one is one."""
    target, first, second = person(), factories.office("Dinas Air"), factories.office("Dinas Pasar")
    url = f"/admin/people/{target.account}"
    for office in ("", "999999", "x"):
        page = browser.submit(browser.get(url), f"{url}/roles", role="official", office=office, certain="yes")
        assert page.status in (409, 422)
        assert page.errors
    for office in (first, first, second):
        browser.submit(browser.get(url), f"{url}/roles", role="official", office=str(office), certain="yes")
    held = [row.office_id for row in rows(RoleGrant) if row.account_id == target.account]
    assert held == [first, second]
    assert "Dinas Pasar" in browser.get(url).text


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("fields", [{"role": "king", "certain": "yes"}, {"certain": "yes"}, {"role": "moderator"}])
def test_a_grant_that_cannot_be(browser: Browser, fields: dict[str, str]) -> None:
    """What is wrong is said, nothing is given."""
    page = browser.post(f"/admin/people/{person().account}/roles", fields)
    assert page.status == 422
    assert page.errors
    assert len(rows(RoleGrant)) == 1


@pytest.mark.usefixtures("admin")
def test_nobody_at_this_address(browser: Browser) -> None:
    """Unknown numbers, and people who left, have no page."""
    assert browser.get("/admin/people/999").status == 404
    assert browser.get("/admin/people/99999999999999999999").status == 404
    assert browser.post("/admin/people/999/roles", {"role": "moderator", "certain": "yes"}).status == 404
    assert browser.get(f"/admin/people/{person().account}/roles/999/withdrawal").status == 404


def test_the_last_administrator_keeps_the_role(browser: Browser, admin: factories.Person) -> None:
    """Nobody locks the installation; with a second one it can be given up."""
    grant = rows(RoleGrant)[0]
    there = f"/admin/people/{admin.account}/roles/{grant.id}/withdrawal"
    page = browser.submit(browser.get(there), there)
    assert page.status == 409
    assert page.errors
    assert len(rows(RoleGrant)) == 1
    person(roles=(Role.ADMINISTRATOR,))
    assert browser.submit(browser.get(there), there).url == "/me"
    assert browser.get("/admin/people").status == 403


def test_a_grant_of_somebody_else_is_not_taken_by_a_wrong_address(browser: Browser, admin: factories.Person) -> None:
    """The grant must belong to the person the address names."""
    target = person(roles=("moderator",))
    grant = rows(RoleGrant)[-1]
    assert browser.post(f"/admin/people/{admin.account}/roles/{grant.id}/withdrawal").status == 404
    assert len([row for row in rows(RoleGrant) if row.account_id == target.account]) == 1


def test_the_list_asks_a_constant_number_of_questions(database: str) -> None:
    """However many people and grants there are."""
    from sqlalchemy import event

    counts = []
    for _ in range(2):
        for _ in range(10):
            person(roles=("moderator",))
        asked: list[str] = []
        note = lambda _c, _cur, statement, *_rest, asked=asked: asked.append(statement)  # noqa: E731
        event.listen(db.current().reads, "before_cursor_execute", note)
        with db.reading() as session:
            people.people(session, "", None)
        event.remove(db.current().reads, "before_cursor_execute", note)
        counts.append(len([statement for statement in asked if statement.startswith("SELECT")]))
    assert counts == [2, 2]


def test_acts_ask_for_permission_themselves(database: str) -> None:
    """Also when no route stands before them."""
    citizen = person()
    with pytest.raises(Denied):
        db.write_now(roles.grant, citizen.actor, citizen.account, Role.ADMINISTRATOR, None, "")
    with pytest.raises(Denied):
        db.write_now(roles.take, citizen.actor, 1)


def test_the_first_administrator(database: str) -> None:
    """A confirmed account with the role; a second is refused."""
    number = db.write_now(actions.create_first_administrator, "Admin@Contoh.id", "Bu Admin", actions.hash_of(PASSWORD))
    account = rows(Account)[0]
    assert (account.id, account.email) == (number, "admin@contoh.id")
    assert account.confirmed_at is not None
    assert passwords.matches(account.password_hash, PASSWORD)
    assert rows(RoleGrant)[0].role == Role.ADMINISTRATOR
    with pytest.raises(Conflict):
        db.write_now(actions.create_first_administrator, "lain@contoh.id", "Lain", "x")
    assert len(rows(Account)) == 1


def test_the_first_administrator_may_have_an_account(database: str) -> None:
    """Then it is that account that gets the role, and the new password."""
    somebody = person(confirmed=False)
    db.write_now(actions.create_first_administrator, somebody.email, "Nama", actions.hash_of("sandi yang lain"))
    assert len(rows(Account)) == 1
    assert passwords.matches(rows(Account)[0].password_hash, "sandi yang lain")


def test_granting_on_the_command_line(database: str) -> None:
    """By address and role, an official with an office's slug; mistakes are told in a sentence."""
    somebody = person()
    factories.office("Dinas Air", slug="dinas-air")
    db.close_database()
    run = CliRunner()
    assert run.invoke(cli, ["grant", somebody.email, "moderator"]).exit_code == 0
    assert "already had" in run.invoke(cli, ["grant", somebody.email.upper(), "moderator"]).output
    assert run.invoke(cli, ["grant", somebody.email, "official", "--office", "dinas-air"]).exit_code == 0
    for wrong in (["tidak@ada.id", "moderator"], [somebody.email, "official"], [somebody.email, "king"]):
        assert run.invoke(cli, ["grant", *wrong]).exit_code != 0
    db.open_database(database)
    assert [row.role for row in rows(RoleGrant)] == ["moderator", "official"]
    assert not sent(somebody.email)


def test_the_first_administrator_needs_a_terminal(database: str) -> None:
    """Without one the command says what to do."""
    db.close_database()
    result = CliRunner().invoke(cli, ["administrator", "admin@contoh.id"])
    db.open_database(database)
    assert result.exit_code == 1
    assert "terminal" in result.output
    assert not rows(Account)


def test_the_first_administrator_at_a_terminal(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks for a name and twice for the password."""
    answers = {"same": [PASSWORD, PASSWORD], "differ": [PASSWORD, "lain sama sekali"], "short": ["x", "x"]}
    db.close_database()
    run = CliRunner()
    monkeypatch.setattr("app.serving.sys", _Terminal)
    outcomes = {}
    for case in ("differ", "short", "same"):
        typed = iter(answers[case])
        monkeypatch.setattr("app.serving.getpass.getpass", lambda _prompt, typed=typed: next(typed))
        outcomes[case] = run.invoke(cli, ["administrator", "admin@contoh.id"], input="Bu Admin\n").exit_code
    db.open_database(database)
    assert outcomes == {"differ": 1, "short": 1, "same": 0}
    assert rows(Account)[0].email == "admin@contoh.id"


class _Terminal:
    """A terminal at which somebody sits."""

    class stdin:
        """Where they type."""

        @staticmethod
        def isatty() -> bool:
            """It is one."""
            return True
