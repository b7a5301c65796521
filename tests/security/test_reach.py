"""What the server reaches by itself: the mail server of its operator and nothing else; it runs no commands.

Whatever address somebody types, however it is spelled, nobody is asked for it: nothing is fetched, previewed or looked
up. So there is no request that could be sent on to a machine behind the server.
"""

import ast
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.page import Browser
from tests.security.sending import SENDING, fitting, form_of, sender
from tests.test_architecture import CODE, calls, name_of, tree
from tests.test_permissions import address
from tests.world import World

#: Modules that can open a connection, and who may use them for what.
NETWORK = {
    "socket", "ssl", "http", "http.client", "urllib.request", "urllib3", "requests", "httpx", "httpx2", "aiohttp",
    "websockets", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc", "socketserver", "webbrowser",
}  # fmt: skip
MAY_CONNECT = {
    "app/core/mail.py": {"smtplib", "ssl"},  # the mail server that the operator named
    "app/serving.py": {"socket"},  # where it listens itself
    "app/bench/metering.py": {"socket"},  # a command: the measured process on this machine
}
#: Modules and calls that run a program or a text as one.
COMMANDS = {"subprocess", "multiprocessing", "pty", "ctypes", "pickle", "marshal", "shelve", "code", "runpy"}
MAY_COMMAND = {
    "app/vendoring.py": {"subprocess"},  # a command of the developers
    "app/bench/asking.py": {"subprocess"},  # a command: starts the server that it measures
}
RUNNERS = (
    "system", "popen", "execv", "execve", "execvp", "spawnv", "posix_spawn", "fork", "eval", "create_subprocess_exec",
    "create_subprocess_shell", "__import__", "import_module",
)  # fmt: skip
#: This machine and its neighbours as people spell them who want a server to ask them.
SPELLINGS = (
    "http://127.0.0.1:9/rahasia", "http://localhost:9/", "http://[::1]:9/", "http://[::ffff:127.0.0.1]:9/",
    "http://2130706433:9/", "http://0x7f.1:9/", "http://0177.0.0.1:9/", "http://127.1:9/", "http://0:9/",
    "http://127.0.0.1.nip.io:9/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://127.0.0.1:9/_",
    "//127.0.0.1:9/", "http://a@127.0.0.1:9/", "http://①②⑦.⓪.⓪.①:9/",
)  # fmt: skip


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_only_mail_goes_out(path: Path) -> None:
    assert imported(path) & NETWORK <= MAY_CONNECT.get(name_of(path), set())


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_program_and_no_text_is_run(path: Path) -> None:
    assert imported(path) & COMMANDS <= MAY_COMMAND.get(name_of(path), set())
    assert calls(path, *RUNNERS) == [] and "shell=True" not in path.read_text("utf-8")


def test_exceptions_are_still_needed() -> None:
    for allowed in (MAY_CONNECT, MAY_COMMAND):
        for name, modules in allowed.items():
            (path,) = (path for path in CODE if name_of(path) == name)
            assert modules <= imported(path), name


def test_no_address_that_is_typed_is_asked(browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of every form holds addresses of this machine; nobody connects, looks up a name or starts anything."""
    reached: list[Any] = []

    def caught(*given: Any, **further: Any) -> Any:
        reached.append(given)
        raise OSError("nothing is to be reached")

    for place, names in ((socket.socket, ("connect", "connect_ex")), (socket, ("getaddrinfo", "gethostbyname"))):
        for name in names:
            monkeypatch.setattr(place, name, caught)
    monkeypatch.setattr(subprocess, "Popen", caught)
    stored = 0
    for route in SENDING:
        if (form := form_of(route)) is None:
            continue
        visitor, good = sender(browser, world, route), fitting(form, world)
        for start in range(0, len(SPELLINGS), 4):
            links = " ".join(SPELLINGS[start : start + 4])
            texts = {name: f"{value} {links}" if " " in str(value) else value for name, value in good.items()}
            missing = {name: SPELLINGS[start] for name in form.model_fields if name not in good}
            for fields in (texts, texts | missing):
                answer = visitor.client.post(address(route, world, False), data=fields, follow_redirects=False)
                assert answer.status_code < 500
                stored += answer.status_code == 303
    for path in ("/", "/consultations/air", f"/proposals/{world.values['code']}", "/me"):
        browser.as_(world.people["citizen"]).client.get(path)
    assert stored > 10
    assert reached == []
