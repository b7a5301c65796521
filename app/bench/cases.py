"""What is measured: the pages people read and the acts they send, signed in and not."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from app.bench.asking import Request
from app.bench.loads import Load

Make = Callable[[Load, int], Request]
_number = count()
_TEXT = (
    "Jalan di depan balai dusun berlubang sejak musim hujan yang lalu, dan anak sekolah melewatinya setiap pagi. "
    "Tambal dahulu bagian yang paling dalam, lalu rawat salurannya supaya tidak rusak lagi."
)


@dataclass(frozen=True)
class Case:
    """One kind of request: how it is made, the status it must get, and how many people send it at once."""

    key: str
    label: str
    make: Make
    status: int = 200
    cached: bool = False
    together: int = 1


def _list(sort: str, signed_in: bool) -> Make:
    def make(load: Load, number: int) -> Request:
        seed = f"&seed={number % 16}" if sort == "random" else ""
        path = f"/consultations/{load.slug}/proposals?sort={sort}{seed}"
        return Request(path, _session(load, number) if signed_in else "")

    return make


def _proposal(signed_in: bool, busy: bool = False) -> Make:
    def make(load: Load, number: int) -> Request:
        code = load.busy if busy else load.codes[number % len(load.codes)]
        return Request(f"/proposals/{code}", _session(load, number) if signed_in else "")

    return make


def _page(path: str, signed_in: bool = False) -> Make:
    """A page named by the consultation or by one of the proposals."""

    def make(load: Load, number: int) -> Request:
        code = load.codes[number % len(load.codes)]
        return Request(path.format(slug=load.slug, code=code), _session(load, number) if signed_in else "")

    return make


def _reading(load: Load, _number_of_round: int) -> Request:
    return Request(f"/desk/consultations/{load.slug}/reading", load.official)


def _vote(htmx: bool) -> Make:
    def make(load: Load, _number_of_round: int) -> Request:
        number = next(_number)
        code = load.codes[number // len(load.sessions) % len(load.codes)]
        choice = ("support", "oppose", "neutral")[number % 3]
        return Request(f"/proposals/{code}/vote", _session(load, number), {"choice": choice}, htmx)

    return make


def _comment(htmx: bool) -> Make:
    def make(load: Load, _number_of_round: int) -> Request:
        number = next(_number)
        form = {"body": f"{_TEXT} ({number})", "stance": ("for", "against", "neutral")[number % 3]}
        return Request(
            f"/proposals/{load.codes[number % len(load.codes)]}/comments", _session(load, number), form, htmx
        )

    return make


def _new_proposal(load: Load, _number_of_round: int) -> Request:
    number = next(_number)
    form = {"title": f"Jalan di depan balai dusun ({number})", "body": f"{_TEXT}\n\n{_TEXT}", "act": "send"}
    return Request(f"/consultations/{load.slug}/proposals", _session(load, number), form)


def _session(load: Load, number: int) -> str:
    return load.sessions[number % len(load.sessions)]


LISTS = {"newest": "newest", "support": "most supported", "discussed": "most discussed", "random": "random order"}
CASES = (
    Case("list-kept", "list, kept page", _list("newest", signed_in=False), cached=True),
    *(Case(f"list-{sort}", f"list, {name}", _list(sort, signed_in=False)) for sort, name in LISTS.items()),
    *(Case(f"list-{sort}-in", f"list, {name}, signed in", _list(sort, signed_in=True)) for sort, name in LISTS.items()),
    Case("proposal-kept", "proposal, kept page", _proposal(signed_in=False), cached=True),
    Case("proposal", "proposal", _proposal(signed_in=False)),
    Case("proposal-in", "proposal, signed in", _proposal(signed_in=True)),
    Case("proposal-busy", "proposal with 20 comments", _proposal(signed_in=False, busy=True)),
    Case("proposal-busy-in", "proposal with 20 comments, signed in", _proposal(signed_in=True, busy=True)),
    Case("home", "home page", _page("/")),
    Case("consultation", "consultation", _page("/consultations/{slug}")),
    Case("charter", "charter", _page("/consultations/{slug}/charter")),
    Case("trail", "trail of a contribution", _page("/contributions/{code}")),
    Case("board", "board", _page("/board")),
    Case("own", "own contributions", _page("/me/contributions", signed_in=True)),
    Case("reading", "reading desk of an official", _reading),
    Case("vote", "vote", _vote(htmx=False), 303),
    Case("vote-htmx", "vote, answered with the box", _vote(htmx=True)),
    Case("vote-crowd", "vote, 32 people at once", _vote(htmx=False), 303, together=32),
    Case("comment", "comment", _comment(htmx=False), 303),
    Case("comment-htmx", "comment, answered in place", _comment(htmx=True)),
    Case("propose", "new proposal", _new_proposal, 303),
)
