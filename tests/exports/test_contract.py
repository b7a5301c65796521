"""Facts for programs: what the OpenAPI document promises is what each JSON address takes, refuses and tells."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import GenerationMode
from sqlalchemy import select

from app import permissions
from app.consultations import queries as consultations
from app.consultations.actions import amend_charter
from app.consultations.models import Amendment, Consultation
from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.columns import table
from app.decisions import queries as decisions
from app.demo import loading, people
from app.exports.queries.shapes import TOLD
from app.offices import actions as offices
from app.offices.models import Office
from app.proposals.models import Merge
from tests import factories
from tests.page import Browser
from tests.test_architecture import ROUTES

pytestmark = pytest.mark.once

CONTRACT = "/api/v1/openapi.json"
#: So many requests are made up for each address, those that fit and those that do not.
TRIES = 40
JSON_PATHS = sorted(route.path for route in ROUTES if route.path.endswith(".json") and route.path != CONTRACT)


@pytest.fixture
def district(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Somebody who visits the demonstration, in which one charter has been amended."""
    monkeypatch.setattr(people, "hash_of", lambda password: f"hash of {password}")
    access.fill(permissions.TABLE)
    offices.load_areas(loading.PROVINCE)
    db.write_now(loading.load, lambda done, of: None, "http://127.0.0.1:8000")
    with db.reading() as session:
        (view, *_) = consultations.listing(session, consultations.Filters("open"), None).items
        content = consultations.promised(session, view.id) | {"late": "Yang terlambat dijawab sebagai surat biasa."}
    official = factories.official(view.office_id).actor
    db.write_now(amend_charter, official, view.id, content, "Tata cara surat terlambat diperjelas.", clock.now())
    return browser


def operations(visitor: Browser) -> dict[str, Any]:
    """The addresses of the document, as schemathesis reads them."""
    schema = schemathesis.openapi.from_dict(visitor.client.get(CONTRACT).json())
    return {found.ok().path: found.ok() for found in schema.get_all_operations()}


def there(path: str) -> list[dict[str, str]]:
    """Everything public at addresses of a kind: the values of the parameters of the path."""
    c, o, a = table(Contribution).c, table(Consultation).c, table(Amendment).c
    with db.reading() as session:
        if "{code}" in path:
            kinds = ("proposal",) if path.startswith("/proposals") else ("proposal", "comment")
            return [{"code": code} for code in session.execute(select(c.code).where(c.kind.in_(kinds))).scalars()]
        if "{merge}" in path:
            return [{"merge": str(number)} for number in session.execute(select(table(Merge).c.id)).scalars()]
        if "{number}" in path:
            return [{"number": one.number} for one in decisions.lately(session, 10)]
        if "{amendment}" in path:
            rows = session.execute(select(o.slug, a.number).where(o.id == a.consultation_id))
            return [{"slug": row.slug, "amendment": str(row.number)} for row in rows]
        if "{slug}" in path:
            opened = select(o.slug).where(o.opened_at.is_not(None))
            query = select(table(Office).c.slug) if path.startswith("/offices") else opened
            return [{"slug": slug} for slug in session.execute(query).scalars()]
    return [{}]


def asked(operation: Any) -> Iterator[dict[str, str]]:
    """Questions to an address: nothing, and each choice of each parameter that has some."""
    yield {}
    for parameter in operation.query:
        for choice in parameter.definition["schema"].get("enum", ()):
            if choice:
                yield {parameter.name: choice}


def hold(visitor: Browser, case: Any) -> Any:
    """Send what was made up, and hold the answer against the document; gives the answer."""
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
    answer = visitor.client.request(sent["method"], sent["url"], params=sent["params"], headers=sent["headers"])
    answer.request.read()
    case.validate_response(answer)
    return answer


def test_every_json_page_is_in_the_document_and_nothing_else(browser: Browser) -> None:
    document = browser.client.get(CONTRACT).json()
    assert sorted(document["paths"]) == sorted(TOLD) == sorted([*JSON_PATHS, "/readyz"])
    assert all(list(methods) == ["get"] for methods in document["paths"].values())
    identifiers = [methods["get"]["operationId"] for methods in document["paths"].values()]
    assert len(set(identifiers)) == len(identifiers)
    for path, methods in document["paths"].items():
        named = {one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_all_that_is_there_is_told_as_promised(district: Browser) -> None:
    """Every consultation, contribution, office and decision of the demonstration, and the lists to their ends."""
    told = dict.fromkeys(TOLD, 0)
    for path, operation in operations(district).items():
        for place, question in product(there(path), asked(operation)):
            further: dict[str, str] | None = question
            while further is not None:
                answer = hold(district, operation.Case(path_parameters=place, query=further))
                assert answer.status_code == 200
                told[path] += 1
                following = answer.json().get("next") if isinstance(answer.json(), dict) else None
                further = dict(parse_qsl(urlsplit(following).query)) if str(following).startswith("/") else None
    assert min(told.values()) > 0
    assert told["/proposals/{code}.json"] > 40 and told["/contributions/{code}.json"] > 300


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
def test_whatever_is_asked_is_told_as_promised_or_refused(district: Browser, mode: GenerationMode) -> None:
    """Made-up questions, about what is there and what is not: no error of ours, and nonsense is refused."""
    statuses: set[int] = set()
    for path, operation in operations(district).items():
        if mode is GenerationMode.NEGATIVE and not [*operation.query, *operation.path_parameters]:
            continue
        real = islice(there(path), 3)
        made_of = [operation.as_strategy(mode, path_parameters=one) for one in real if one]

        @settings(
            max_examples=TRIES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=strategies.one_of(operation.as_strategy(mode), *made_of))
        def one(case: Any) -> None:
            statuses.add(hold(district, case).status_code)

        one()
    assert statuses <= {200, 404} and 404 in statuses
