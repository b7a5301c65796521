"""No text makes a regular expression of ours slow: twice as long costs at most about twice as much.

Each expression that is applied to what people send is found in the code, and attacked with texts made of its own
parts: what its repetitions repeat, many times over, with an end that does not fit. Patterns of parameters and fields
are not tried: pydantic runs them on an engine that takes linear time whatever they are.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from random import Random
from re import _parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any, NamedTuple

import pytest

import app
from app.core.addresses import LONGEST_PATH
from app.main import create_app
from app.rules import questions
from tests.security.test_doors import layers
from tests.test_architecture import ROOT, ROUTES

#: Modules that read only what the operator or the product itself wrote.
NOT_INPUT = ("app.__main__", "app.vendoring", "app.readme", "app.messages", "app.recall", "app.bench", "app.demo")
#: Expressions that are put together while the program runs; they are found in the tables where they are kept.
PUT_TOGETHER = ("app.core.addresses", "app.rules.questions")
#: Modules whose expressions read only texts of so many characters, however long the text that was sent; at most
#: `SHORT` seconds for that.
BOUNDED = {"app.rules.questions": 150, "app.core.addresses": LONGEST_PATH}
SHORT = 0.005
#: So long are other texts, and what takes so many seconds for that is not measured any further.
LONG, HOPELESS = 5_000, 0.1
METHODS = {"match", "fullmatch", "search", "sub", "split", "findall", "finditer", "subn"}


class Applied(NamedTuple):
    """An expression, where it stands, and how it is applied to a text."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    def to(self, text: str) -> None:
        given = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        for method in self.methods:
            if method in ("match", "fullmatch"):
                getattr(self.pattern, method)(given)
            elif method == "search":
                self.pattern.search(given)
            else:
                for _ in self.pattern.finditer(given):
                    pass


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if not found.name.startswith(NOT_INPUT):
            yield importlib.import_module(found.name)


def said(module: Any) -> Iterator[tuple[ast.Call, Any]]:
    """Every call of `re` in a module, with its expression; None where it is put together while the program runs."""
    for node in ast.walk(ast.parse(_source(module))):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).startswith("re."):
            yield node, evaluated(node, module)


def evaluated(node: ast.Call, module: Any) -> Any:
    assert isinstance(node.func, ast.Attribute)
    if node.func.attr == "compile":
        arguments, keywords = node.args, node.keywords
    elif node.func.attr in METHODS:
        flags = node.args[2:3] if node.func.attr in ("match", "fullmatch", "search", "findall", "finditer") else []
        arguments, keywords = [node.args[0], *flags], [word for word in node.keywords if word.arg == "flags"]
    else:
        return None
    compiled = ast.Call(ast.Attribute(ast.Name("re", ast.Load()), "compile", ast.Load()), arguments, keywords)
    expression = ast.fix_missing_locations(ast.Expression(compiled))
    try:
        return eval(compile(expression, module.__name__, "eval"), vars(module))
    except NameError:
        return None


def kept(value: Any, name: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Compiled expressions in a table, with the name under which they are used."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from kept(one, name)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from kept(getattr(value, field.name), field.name)


def every_expression() -> list[Applied]:
    found: dict[tuple[Any, int], Applied] = {}
    for module in modules():
        text = _source(module)
        for node, pattern in said(module):
            assert isinstance(node.func, ast.Attribute)
            if pattern is not None:
                known = {
                    name for name, value in vars(module).items() if isinstance(value, re.Pattern) and value == pattern
                }
                used = {m for name in known for m in re.findall(rf"\b{name}\.(\w+)\(", text)} & METHODS
                methods = frozenset(used or ({node.func.attr} & METHODS) or {"search", "fullmatch"})
                found[pattern.pattern, pattern.flags] = Applied(module.__name__, pattern, methods)
    for language in questions.LANGUAGES.values():
        text = _source(questions).replace("_all(known.", "finditer(known.")
        for name, pattern in kept(language, ""):
            used = {*re.findall(rf"known\.{name}\.(\w+)\(", text), *re.findall(rf"(finditer)\(known\.{name}\b", text)}
            found[pattern.pattern, pattern.flags] = Applied("app.rules.questions", pattern, frozenset(used))
            assert used <= METHODS and used, name
    for layer in layers(create_app()):
        for _, pattern in kept(getattr(layer, "spelled", []), ""):
            found[pattern.pattern, pattern.flags] = Applied("app.core.addresses", pattern, frozenset({"fullmatch"}))
    for route in ROUTES:
        pattern = route.path_regex
        found[pattern.pattern, pattern.flags] = Applied("app.core.addresses", pattern, frozenset({"match"}))
    return list(found.values())


def _source(module: Any) -> str:
    path = ROOT / module.__name__.replace(".", "/")
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")


# -- texts made of an expression's own parts -------------------------------------------------------


def sample(parsed: Any, chance: Random) -> str:
    """A text that a part of an expression takes, more or less."""
    return "".join(_one(str(what), how, chance) for what, how in parsed)


def _one(what: str, how: Any, chance: Random) -> str:
    if what == "LITERAL":
        return chr(how)
    if what == "NOT_LITERAL":
        return "a" if how != ord("a") else "b"
    if what == "ANY":
        return "a"
    if what == "IN":
        return _member(how, chance)
    if what == "BRANCH":
        return sample(chance.choice(how[1]), chance)
    if what == "SUBPATTERN":
        return sample(how[-1], chance)
    if what in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return "".join(sample(how[2], chance) for _ in range(max(1, min(how[0], 8))))
    return ""


def _member(members: Any, chance: Random) -> str:
    if str(members[0][0]) == "NEGATE":
        return chance.choice([c for c in "a1-. \n/é" if not _holds(members[1:], c)] or ["\u3000"])
    what, how = chance.choice(members)
    if str(what) == "LITERAL":
        return chr(how)
    if str(what) == "RANGE":
        return chr(chance.choice([how[0], how[1], (how[0] + how[1]) // 2]))
    return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}.get(str(how), "-")


def _holds(members: Any, character: str) -> bool:
    number = ord(character)
    kinds: dict[str, Callable[[str], bool]] = {
        "CATEGORY_DIGIT": str.isdigit, "CATEGORY_SPACE": str.isspace,
        "CATEGORY_WORD": lambda c: c.isalnum() or c == "_", "CATEGORY_NOT_SPACE": lambda c: not c.isspace(),
        "CATEGORY_NOT_WORD": lambda c: not (c.isalnum() or c == "_"), "CATEGORY_NOT_DIGIT": lambda c: not c.isdigit(),
    }  # fmt: skip
    return any(
        (str(what) == "LITERAL" and how == number)
        or (str(what) == "RANGE" and how[0] <= number <= how[1])
        or (str(what) == "CATEGORY" and kinds[str(how)](character))
        for what, how in members
    )


def repeated(parsed: Any) -> Iterator[Any]:
    """What the repetitions of an expression repeat, wherever they stand."""
    for what, how in parsed:
        if "REPEAT" in str(what):
            yield how[2]
        parts = how if isinstance(how, (tuple, list)) else [how]
        for part in parts:
            if isinstance(part, _parser.SubPattern):
                yield from repeated(part)
            elif isinstance(part, list):
                for one in part:
                    if isinstance(one, _parser.SubPattern):
                        yield from repeated(one)


def attacks(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Texts of any length: a beginning that fits, one part many times, and an end that does not."""
    chance = Random(1)  # the same texts in every run
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    whole = [sample(parsed, chance) for _ in range(4)]
    units = {sample(part, chance) for part in repeated(parsed) for _ in range(4)}
    units |= {first + second for first, second in pairwise(sorted(units))} | set(whole)
    units |= {text[:length] for text in whole for length in range(1, 16)}
    units |= {f"{unit} " for unit in units} | {f"{unit}." for unit in units} | {"a", " ", "a ", "-", "a-", "A-", "\n"}
    for unit in sorted(units - {""}):
        for start in dict.fromkeys(("", whole[0])):
            for end in ("\x00", ""):
                yield lambda n, s=start, u=unit, e=end: s + (u * (n // len(u) + 1))[:n] + e  # type: ignore[misc]


def cost(one: Applied, text: str, times: int = 1) -> float:
    """The least CPU time of several tries, in seconds."""
    least = float("inf")
    for _ in range(times):
        begun = process_time()
        one.to(text)
        least = min(least, process_time() - begun)
    return least


def out_of_proportion(one: Applied, made: Callable[[int], str]) -> bool:
    long = cost(one, made(LONG))
    return long > HOPELESS or (long > SHORT and cost(one, made(2 * LONG), 3) > 3 * cost(one, made(LONG), 3))


def slow(one: Applied) -> str:
    """A text with which an expression takes more than in proportion to its length; "" where there is none."""
    longest = BOUNDED.get(one.where)
    for made in attacks(one.pattern):
        said = f"{one.pattern.pattern!r} of {one.where} on {made(40)!r}"
        for length in [longest] if longest else (16, 24, 32, 64):
            if cost(one, made(length)) > SHORT and cost(one, made(length), 3) > SHORT:
                return f"{said}: slow with {length} characters"
        if not longest and out_of_proportion(one, made):
            return f"{said}: more than twice as long with twice the text"
    return ""


@pytest.fixture(scope="module")
def expressions() -> list[Applied]:
    return every_expression()


def test_every_expression_of_the_code_is_known(expressions: list[Applied]) -> None:
    assert len(expressions) > 150
    calls = [(module.__name__, ast.unparse(node), one) for module in modules() for node, one in said(module)]
    unknown = [(where, call) for where, call, one in calls if one is None and not call.startswith("re.escape(")]
    assert sorted(where for where, _ in unknown) == sorted(PUT_TOGETHER), unknown
    assert sum(where == "app.rules.questions" for where, _, _ in expressions) > 30
    assert sum(where == "app.core.addresses" for where, _, _ in expressions) > 100


@pytest.mark.timeout(300)
def test_no_expression_takes_more_than_in_proportion(expressions: list[Applied]) -> None:
    found = [said for one in expressions if (said := slow(one))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("expression", "method"),
    [
        (r"(a+)+$", "match"), (r"(\w+\s?)*$", "fullmatch"), (r"\s+$", "search"), (r"(?:a|aa)+b", "fullmatch"),
        (r"(.*)-(.*)-(.*)x", "search"), (r"<!--.*?-->", "finditer"), (r"(?<!\w)[\w.-]+ atau", "search"),
    ],
)  # fmt: skip
def test_a_slow_expression_is_seen(expression: str, method: str) -> None:
    assert slow(Applied("", re.compile(expression), frozenset({method})))
