"""The house rules that no linter knows: guards, permissions, one commit point, one clock, sizes and names."""

import ast
import inspect
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import grimp
import pytest
from fastapi.routing import APIRoute
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from starlette.routing import Match

from app.main import ROUTERS
from app.permissions import TABLE

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
CODE = sorted(APP.rglob("*.py"))
OTHER_CODE = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")])
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
#: The only names inside a feature; each may be a file or a package.
LAYERS = "models events forms policy queries actions mails jobs export routes".split()
#: Packages of `app` that are no features: rules, mechanics, the demonstration, measuring, words.
NO_FEATURES = {"rules", "core", "demo", "bench", "locale"}
FEATURES = sorted(p.parent for p in APP.glob("*/__init__.py") if p.parent.name not in NO_FEATURES)
MAX_FILE, MAX_FUNCTION = 400, 60
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


def calls(path: Path, *names: str) -> list[int]:
    """The lines on which something of these names is called, whatever it belongs to."""
    found = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return [node.lineno for node in found if getattr(node.func, "attr", getattr(node.func, "id", "")) in names]


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def lines_of(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


each_file = pytest.mark.parametrize("path", CODE, ids=name_of)
each_file_of_all = pytest.mark.parametrize("path", CODE + OTHER_CODE, ids=name_of)
each_feature = pytest.mark.parametrize("feature", FEATURES, ids=lambda path: path.name)

# -- routes and permissions ------------------------------------------------------------------------


def routes_of(router: Any) -> Iterator[APIRoute]:
    """Every route of a router and of the routers included in it."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes_of(route.original_router)


def guards_of(dependant: Any) -> list[str]:
    """The permissions of all guards a route depends on, however deep."""
    own = [dependant.call.permission] if hasattr(dependant.call, "permission") else []
    return own + [permission for each in dependant.dependencies for permission in guards_of(each)]


ROUTES = [route for router in ROUTERS for route in routes_of(router)]


def shown(route: APIRoute) -> str:
    return f"{'/'.join(sorted(route.methods))} {route.path}"


def test_there_are_routes() -> None:
    assert len(ROUTES) > 100


@pytest.mark.parametrize("route", ROUTES, ids=shown)
def test_each_route_has_exactly_one_guard(route: APIRoute) -> None:
    assert len(guards_of(route.dependant)) == 1, f"{shown(route)}: {guards_of(route.dependant)}"


def test_no_two_routes_answer_the_same_address() -> None:
    assert [one for one, number in Counter(map(shown, ROUTES)).items() if number > 1] == []


@pytest.mark.parametrize("route", ROUTES, ids=shown)
def test_no_route_stands_in_the_way_of_another(route: APIRoute) -> None:
    """The first route that takes an address is the one it was written for, whatever their order."""
    path = re.sub(r"{[^}]+}", "x", route.path)
    scope = {"type": "http", "path": path, "method": min(route.methods), "root_path": "", "headers": []}
    assert next(one for one in ROUTES if one.matches(dict(scope))[0] is Match.FULL) is route


@pytest.mark.parametrize("route", [r for r in ROUTES if r.methods & {"GET", "HEAD"}], ids=shown)
def test_opening_a_page_writes_nothing(route: APIRoute) -> None:
    assert not route.methods - {"GET", "HEAD"}
    assert not inspect.iscoroutinefunction(route.endpoint), "a read route is `def`; only writing awaits the writer"


def asked_for() -> set[str]:
    """Every permission named in a guard, or in `require`, `may` or `refusal`."""
    asked = {permission for route in ROUTES for permission in guards_of(route.dependant)}
    for path in CODE:
        asked |= set(re.findall(r"\baccess\.(?:require|may|refusal)\(\s*\"([^\"]+)\"", path.read_text("utf-8")))
    return asked


def test_each_permission_is_used_and_each_used_one_is_in_the_table() -> None:
    assert asked_for() == set(TABLE)


def test_templates_ask_only_for_permissions_of_the_table() -> None:
    asked = {name for path in TEMPLATES for name in re.findall(r"\bmay\(\s*[\"']([^\"']+)", path.read_text("utf-8"))}
    assert asked <= set(TABLE)


@each_feature
def test_each_act_of_a_route_asks_for_its_permission_in_the_transaction(feature: Path) -> None:
    """A package whose routes write has actions that ask, or that are about the actor's own account."""
    routes = [path for path in feature.rglob("*.py") if "routes" in path.relative_to(feature).parts[0]]
    actions = [path for path in feature.rglob("*.py") if "actions" in path.relative_to(feature).parts[0]]
    if any(calls(path, "write") for path in routes) and actions:
        assert any(calls(path, "require") for path in actions)


# -- one place for each thing ----------------------------------------------------------------------


@each_file
def test_only_the_writer_commits(path: Path) -> None:
    assert name_of(path) == "app/core/db.py" or not re.findall(r"\.commit\(", path.read_text("utf-8"))


@each_file
def test_only_the_clock_asks_what_time_it_is(path: Path) -> None:
    forbidden = r"\bdatetime\.(now|utcnow|today)\b|\bdate\.today\b|\btime\.time\b"
    assert name_of(path) == "app/core/clock.py" or not re.findall(forbidden, path.read_text("utf-8"))


#: Where text becomes part of a page as it is: what the sanitiser made, and our own messages.
MAKES_MARKUP = {"app/core/markdown.py", "app/core/templating.py"}


@each_file
def test_only_the_sanitiser_and_messages_make_markup(path: Path) -> None:
    made = re.findall(r"\bMarkup\((?!\"\"\))", path.read_text("utf-8"))
    assert name_of(path) in MAKES_MARKUP or not made


#: Where SQL is said as text because SQLAlchemy has no words for it: pragmas and BEGIN; locks of the database.
SPEAKS_SQL = {"app/core/db.py", "app/core/migrating.py", "app/core/stamp.py", "app/decisions/actions.py"}


@each_file
def test_sql_is_composed_and_never_text(path: Path) -> None:
    if name_of(path) not in SPEAKS_SQL:
        assert not calls(path, "text", "exec_driver_sql", "literal_column")
        assert not re.findall(r"[\"'](SELECT|INSERT|UPDATE|DELETE) ", path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_trusts_a_text(path: Path) -> None:
    assert not re.findall(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false", path.read_text("utf-8"))


@each_file
def test_no_random_numbers_that_can_be_foretold(path: Path) -> None:
    imported = {name for node in ast.walk(tree(path)) if isinstance(node, ast.Import) for name in _names(node)}
    assert "random" not in imported or path.is_relative_to(APP / "demo") or path.name == "seeding.py"


def _names(node: ast.Import) -> list[str]:
    return [alias.name for alias in node.names]


# -- names and layers ------------------------------------------------------------------------------


@each_feature
def test_a_feature_has_only_the_known_file_names(feature: Path) -> None:
    inside = [p for p in feature.iterdir() if p.name != "__pycache__" and not p.name.startswith(("__init__.", "."))]
    assert [p.name for p in inside if p.stem not in LAYERS or p.suffix not in ("", ".py")] == []


def test_every_feature_is_in_the_contract_of_file_names() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = next(one["containers"] for one in contracts if "file names" in one["name"])
    assert sorted(listed) == [f"app.{feature.name}" for feature in FEATURES]


@each_file_of_all
def test_names_say_what_a_thing_is(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "manager", "service", "services", "handler", "data"}


def test_nobody_imports_routes_but_the_application() -> None:
    graph = grimp.build_graph("app")
    routes = {module for module in graph.modules if re.match(r"app\.\w+\.routes\b", module)}
    importers = {
        (importer, module)
        for module in routes
        for importer in graph.find_modules_that_directly_import(module)
        if importer.split(".")[:3] != module.split(".")[:3]
    }
    assert {importer for importer, _ in importers} == {"app.main"}


@pytest.mark.parametrize("path", sorted((APP / "rules").glob("*.py")), ids=name_of)
def test_rules_stand_on_the_standard_library_alone(path: Path) -> None:
    names = {name for node in ast.walk(tree(path)) if isinstance(node, ast.Import) for name in _names(node)}
    names |= {node.module or "" for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)}
    assert {
        n for n in names if n.split(".")[0] not in sys.stdlib_module_names and not n.startswith("app.rules")
    } == set()


# -- sizes -----------------------------------------------------------------------------------------


@each_file_of_all
def test_files_and_functions_stay_small(path: Path) -> None:
    if path.is_relative_to(ROOT / "migrations" / "versions"):
        return  # written by Alembic, and never changed after release
    assert len(path.read_text("utf-8").splitlines()) <= MAX_FILE
    assert [f"{node.name}: {lines_of(node)} lines" for node in functions(path) if lines_of(node) > MAX_FUNCTION] == []


def test_most_files_and_functions_are_short() -> None:
    files = sorted(len(path.read_text("utf-8").splitlines()) for path in CODE)
    sizes = sorted(lines_of(node) for path in CODE for node in functions(path))
    assert files[len(files) // 2] <= 100 and files[len(files) * 9 // 10] <= 220
    assert sizes[len(sizes) // 2] <= 8 and sizes[len(sizes) * 9 // 10] <= 25


# -- words -----------------------------------------------------------------------------------------


@each_file
def test_each_module_class_and_function_says_what_it_means(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module), "a docstring on top"
    public = [n for n in module.body if isinstance(n, (*Function.__args__, ast.ClassDef)) and n.name[0] != "_"]
    spoken = "routes" not in path.relative_to(APP).parts and path.name != "routes.py"
    assert [n.name for n in public if not ast.get_docstring(n) and (spoken or isinstance(n, ast.ClassDef))] == []


@pytest.mark.parametrize("path", [*CODE, *OTHER_CODE, *TEMPLATES, *(ROOT / "static/js").glob("*.js")], ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    unfinished = r"\bTO" r"DO\b|\bFIX" r"ME\b|\bX" r"XX\b|NotImplemented" r"Error|coming soo" r"n|segera hadi" r"r"
    assert not re.findall(unfinished, path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_hashes_and_name_no_registry(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text and "index-url" not in text
    pinned = re.findall(r"^([a-z0-9][\w.\-\[\],]*)==", text, re.M | re.I)
    assert len(pinned) > 20 and text.count("--hash=sha256:") >= len(pinned)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_the_extras_that_packages_ask_for(name: str) -> None:
    """Where only `coverage` is pinned, pip looks for the newest `coverage[toml]`, and then installs nothing."""
    pins = re.findall(r"^([\w.\-]+)(?:\[([\w,\-]+)\])?==", (ROOT / name).read_text("utf-8"), re.M)
    locked = {canonicalize_name(pin): set(extras.split(",")) - {""} for pin, extras in pins}
    asked = 0
    for package, extras in locked.items():
        try:
            wanted = map(Requirement, metadata.requires(package) or ())
        except metadata.PackageNotFoundError:  # of another platform
            continue
        for each in wanted:
            here = each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in (*extras, ""))
            if each.extras and here:
                asked += 1
                assert each.extras <= locked[canonicalize_name(each.name)], f"{package} asks for {each}"
    assert asked or name == "requirements.lock"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:3]) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
