"""The commands as they are typed: what they do, what they say, and how they end."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEMO = "warga@demo.rembuk.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder nobody has used."""
    return tmp_path / "data here"


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")}
    return {**kept, "REMBUK_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), **settings}


def run(folder: Path, *words: str, cwd: Path | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of `python -m app`, without a terminal."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "app", *words],
        cwd=cwd or folder.parent, env=environment(folder, **settings), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Server:
    """A server that was started by a command."""

    def __init__(self, folder: Path, port: int, *words: str, **settings: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app", *words],
            cwd=folder.parent, env=environment(folder, **settings), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def page(self, path: str) -> str:
        """A page, once the server answers."""
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                    return str(answer.read().decode())
            except ConnectionError as error:
                waiting: Exception = error
            except urllib.error.HTTPError as error:
                return f"{error.code}"
            except urllib.error.URLError as error:
                waiting = error
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.stop()) from waiting
            time.sleep(0.2)

    def stop(self) -> str:
        """Ask it to end, and give what it said."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("it did not stop: " + self.process.communicate()[0]) from None


@pytest.fixture
def started() -> Iterator[list[Server]]:
    """Servers that are stopped at the end, whatever happens."""
    servers: list[Server] = []
    yield servers
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


def count(folder: Path, query: str) -> int:
    with sqlite3.connect(folder / "rembuk.db") as database:
        return int(database.execute(query).fetchone()[0])


def test_a_new_installation_serves_the_demonstration_and_says_who_can_sign_in(
    folder: Path, started: list[Server]
) -> None:
    port = free_port()
    server = Server(folder, port, "--port", str(port))
    started.append(server)
    assert "air-bersih-argosari" in server.page("/consultations?state=decided")
    assert DEMO in server.page("/sign-in")
    said = server.stop()
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert f"http://127.0.0.1:{port}" in said
    assert DEMO in said
    assert "rembuk-demo" in said
    again = Server(folder, port, "serve", "--port", str(port))
    started.append(again)
    again.page("/healthz")
    assert "The demonstration is loaded" not in again.stop()
    assert count(folder, "select count(*) from consultation") == 6


def test_several_processes_all_know_of_the_demonstration(folder: Path, started: list[Server]) -> None:
    port = free_port()
    server = Server(folder, port, "serve", "--port", str(port), "--workers", "2", REMBUK_EMBEDDED_JOBS="0")
    started.append(server)
    assert all(DEMO in server.page("/sign-in") for _ in range(6))
    server.stop()


def test_a_taken_port_is_told_before_anything_is_made(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run(folder, "serve", "--port", str(port))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} on 127.0.0.1 is in use.")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("host", "settings"),
    [
        ("127.0.0.1", {"REMBUK_DEMO": "0"}),
        ("0.0.0.0", {}),
        ("127.0.0.1", {"REMBUK_BASE_URL": "https://rembuk.example"}),
    ],
)
def test_without_the_demonstration_it_wants_an_administrator_first(
    folder: Path, host: str, settings: dict[str, str]
) -> None:
    ended = run(folder, "serve", "--host", host, "--port", str(free_port()), **settings)
    assert ended.returncode == 1
    assert "./run administrator EMAIL" in ended.stderr
    assert count(folder, "select count(*) from consultation") == 0
    assert count(folder, "select count(*) from account") == 0


def test_people_with_a_known_password_are_shut_out_of_a_public_installation(folder: Path) -> None:
    assert run(folder, "demo").returncode == 0
    assert count(folder, "select count(*) from account where password_hash <> ''") == 9
    ended = run(folder, "serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert ended.returncode == 1
    assert "9 people of the demonstration" in ended.stdout
    assert "Nobody else runs this installation" in ended.stderr
    assert count(folder, "select count(*) from account where password_hash <> ''") == 0


def test_the_demonstration_fills_only_an_empty_database(folder: Path) -> None:
    assert "is loaded" in run(folder, "demo").stdout
    again = run(folder, "demo")
    assert again.returncode == 1
    assert "in use" in again.stderr
    refused = run(folder.parent / "other", "demo", REMBUK_DEMO="0")
    assert refused.returncode == 1
    assert "not allowed" in refused.stderr


def test_import_and_export_from_another_folder_with_relative_names(folder: Path) -> None:
    assert run(folder, "demo").returncode == 0
    here = folder.parent
    (here / "p.csv").write_text("id,title,text,date\n7,Jalan,Berlubang,2020-01-01\n8,,kosong,2020-01-01\n")
    (here / "m.toml").write_text(
        'source = "uji"\nlang = "id"\n[proposals]\nid = "id"\ntitle = "title"\nbody = "text"\ndate = "date"\n'
    )
    words = ["import", "csv", "--consultation", "uji", "--proposals", "p.csv", "--mapping", "m.toml"]
    missing = run(folder, *words)
    assert missing.returncode == 1
    assert "--create" in missing.stderr
    made = run(folder, *words, "--create", "--title", "Apa usulan Anda?", "--office", "dpu", "--report", "r.csv")
    assert made.returncode == 0, made.stderr
    assert "Imported 1 proposals and 0 comments." in made.stdout
    assert "p.csv, line 3, id 8: it has no title" in made.stderr
    assert (here / "r.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "file,line,id,taken,reason",
        "p.csv,3,8,no,it has no title",
    ]
    assert "1 rows had been imported before" in run(folder, *words).stdout
    assert run(folder, "export", "uji", "--to", "out").returncode == 0
    assert "Jalan" in (here / "out" / "uji-proposals.csv").read_text(encoding="utf-8-sig")
    assert run(folder, "export", "tiada").returncode == 1


def test_seeding_says_what_it_made(folder: Path) -> None:
    ended = run(folder, "seed", "--proposals", "5", "--comments", "9", "--votes", "12", "--people", "4")
    assert ended.stdout == "Seeded 5 proposals, 9 comments and 12 votes of 4 people.\n"
    assert run(folder, "seed").returncode == 1


def test_jobs_alone_run_until_they_are_stopped(folder: Path, started: list[Server]) -> None:
    worker = Server(folder, 0, "work")
    started.append(worker)
    time.sleep(0.1)
    assert worker.process.stdout is not None
    assert worker.process.stdout.readline().startswith("Running jobs")
    worker.stop()
    assert worker.process.returncode == 0


def test_the_help_names_every_command_and_no_other() -> None:
    listed = run(ROOT / "unused", "--help").stdout
    shown = subprocess.run([ROOT / "run", "--help"], capture_output=True, text=True, check=True).stdout
    words = {line.split()[1] for line in shown.splitlines() if line.startswith("  ./run ")} - {"set"}
    commands = {line.split()[1] for line in listed.splitlines() if line.startswith("│ ") and line[2:3].isalpha()}
    assert words - {"test", "lint"} == commands


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_script_is_clean() -> None:
    subprocess.run(["shellcheck", ROOT / "run"], check=True)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_clone_sets_itself_up_in_any_folder_and_through_a_link(tmp_path: Path) -> None:
    clone, elsewhere = tmp_path / "a clone", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "app").mkdir()
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    (elsewhere / "rembuk").symlink_to(clone / "run")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REMBUK_", "PYTHON", "VIRTUAL"))}

    def call() -> tuple[str, float]:
        begun = time.monotonic()
        ended = subprocess.run(
            [elsewhere / "rembuk", "migrate"], cwd=elsewhere, env=kept, capture_output=True, text=True, timeout=800
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout, time.monotonic() - begun

    assert "happens once" in call()[0]
    assert (clone / "var" / "rembuk.db").exists()
    said, seconds = call()
    assert said == ""
    assert seconds < 5
    (clone / ".venv" / "requirements.lock").unlink()
    shutil.rmtree(next((clone / ".venv" / "lib").glob("python*/site-packages/pip")))
    assert "happens once" in call()[0]


def test_what_a_command_does_reaches_every_feature() -> None:
    """A closing that `./run demo` records is told to those who let answers be owed, as in the server."""
    asked = "import app.__main__, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    layers = ("actions", "queries", "jobs", "policy")
    features = [path for layer in layers for path in (ROOT / "app").glob(f"*/{layer}*")]
    wanted = {f"app.{path.parent.name}.{path.stem}" for path in features if path.parent.name not in ("demo", "bench")}
    assert len(wanted) > 20
    assert wanted <= set(loaded.stdout.split())
