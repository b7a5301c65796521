"""`./run bench` measures what it says, at two sizes, and names the goals that are missed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.bench import telling
from app.bench.cases import CASES
from app.bench.measuring import Figures, Measured

ROOT = Path(__file__).parents[2]
AMOUNTS = ("--proposals", "60", "--comments", "120", "--votes", "160", "--people", "80", "--share", "2")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a very small measurement wrote down and printed."""
    folder = tmp_path_factory.mktemp("bench")
    ended = subprocess.run(
        [sys.executable, "-m", "app", "bench", *AMOUNTS, "--rounds", "1", "--requests", "3", "--json", folder / "it"],
        cwd=ROOT, capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return {**json.loads((folder / "it").read_text("utf-8")), "printed": ended.stdout}


def test_every_kind_of_request_is_measured_at_both_sizes(told: Any) -> None:
    assert [size["proposals"] for size in told["sizes"]] == [30, 60]
    for size in told["sizes"]:
        assert set(size["requests"]) == {case.key for case in CASES}
        for key, it in size["requests"].items():
            assert 0 < it["cpu_ms"] < 500, key
            assert it["times_hello"] > 1, key


def test_queries_and_bytes_are_those_of_the_answer(told: Any) -> None:
    requests = told["sizes"][-1]["requests"]
    assert requests["list-kept"]["queries"] == 0
    assert requests["list-newest"]["queries"] > 0
    assert requests["vote"]["around"] == 1, "a vote that is alone begins a transaction and needs no savepoint"
    assert 0 < requests["proposal-busy"]["bytes_sent"] < requests["proposal-busy"]["bytes"]
    assert requests["proposal-busy"]["bytes"] >= requests["proposal"]["bytes"]
    assert 20_000 < told["first_visit"]["bytes"] < 100_000
    assert "First visit to the list" in told["printed"]


def test_the_reading_desk_asks_as_often_whatever_waits(told: Any) -> None:
    small, large = (size["requests"]["reading"]["queries"] for size in told["sizes"])
    assert 3 <= small == large <= 6


def measured(cpu: float, queries: int, key: str = "list-newest") -> Measured:
    return Measured(10, Figures([0.001]), {key: Figures([cpu, 2 * cpu], queries)})


def test_a_goal_that_is_missed_is_named() -> None:
    fine = measured(0.004, 8)
    assert telling.missed(fine, fine) == []
    assert "takes 6.00 ms" in telling.missed(measured(0.006, 8), measured(0.006, 8))[0]
    assert "asks 9 queries" in telling.missed(fine, measured(0.004, 9))[0]
    assert "costs 1.25 times" in telling.missed(fine, measured(0.005, 8))[0]
    assert "takes 1.60 ms" in telling.missed(measured(0.0016, 20, "vote"), measured(0.0016, 20, "vote"))[0]
