"""Mail and jobs: rows that are owed, run once, tried again when they fail, and really sent."""

import smtplib
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import select
from sqlmodel import Session

from app import schedule
from app.core import clock, db, jobs, mail
from app.settings import settings


@pytest.fixture
def ran() -> Iterator[list[dict[str, Any]]]:
    """What a handler of this test was given."""
    seen: list[dict[str, Any]] = []

    @jobs.handles("test.note")
    def note(job_id: int, payload: dict[str, Any]) -> None:
        seen.append(payload)
        if payload.get("fail"):
            raise ValueError("secret text")
        db.write_now(jobs.finish, job_id)

    yield seen
    del jobs._handlers["test.note"]


def owed() -> list[jobs.Job]:
    """The jobs that are left."""
    with db.reading() as session:
        return list(session.execute(select(jobs.Job)).scalars())


def later(**payload: Any) -> None:
    """Owe a job."""
    db.write_now(lambda session: jobs.later(session, "test.note", **payload))


@pytest.mark.usefixtures("database")
class TestJobs:
    """Work that is owed."""

    def test_it_runs_once_and_is_gone(self, ran: list[dict[str, Any]]) -> None:
        """Running again what is done does nothing."""
        later(word="halo")
        number = owed()[0].id
        assert number is not None
        assert jobs.run_due() == 1
        jobs.run(number)
        assert ran == [{"word": "halo"}]
        assert not owed()

    def test_it_is_owed_only_if_the_act_was_stored(self, ran: list[dict[str, Any]]) -> None:
        """An act that fails leaves no work behind."""

        def fail(session: Session) -> None:
            jobs.later(session, "test.note")
            raise ValueError

        with pytest.raises(ValueError):
            db.write_now(fail)
        assert not owed()

    def test_one_that_fails_is_tried_again_later(self, ran: list[dict[str, Any]]) -> None:
        """After a minute, then ever later; only the kind of the failure is written down; after eight it rests."""
        later(fail=True)
        jobs.run_due()
        job = owed()[0]
        assert (job.attempts, job.error, job.claimed_at) == (1, "ValueError", None)
        assert jobs.run_due() == 0
        now = clock.now()
        for round_ in range(20):
            with time_machine.travel(now + timedelta(hours=3 * (round_ + 1))):
                jobs.run_due()
        assert len(ran) == jobs.MAX_ATTEMPTS
        assert len(owed()) == 1

    def test_only_one_worker_gets_it(self, ran: list[dict[str, Any]]) -> None:
        """However many try at once."""
        later(word="satu")
        number = owed()[0].id
        with ThreadPoolExecutor(8) as crowd:
            list(crowd.map(lambda _: jobs.run(number), range(8)))  # type: ignore[arg-type]
        assert len(ran) == 1

    def test_a_worker_that_does_not_come_back_loses_it(self, ran: list[dict[str, Any]]) -> None:
        """After five minutes somebody else takes it."""
        later(word="satu")
        number = owed()[0].id
        assert number is not None
        assert db.write_now(jobs._claim, number) is not None
        assert jobs.due() == []
        with time_machine.travel(clock.now() + jobs.CLAIM + timedelta(seconds=1)):
            assert jobs.due() == [number]
            jobs.run_due()
        assert len(ran) == 1

    def test_the_embedded_worker_runs_it_at_once(self, ran: list[dict[str, Any]]) -> None:
        """Where jobs run inside the server, nobody waits for the minute."""
        later(word="sebelum")
        consumer = jobs.start()
        try:
            later(word="sesudah")
            _until(lambda: len(ran) == 2)
        finally:
            jobs.stop(consumer)
        assert {payload["word"] for payload in ran} == {"sebelum", "sesudah"}
        assert not owed()


def _until(true: Callable[[], bool]) -> None:
    import time

    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


class Inbox:
    """What a mail server received."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a message."""
        self.letters.append(envelope)
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server of this test, and settings that name it."""
    received, port = Inbox(), _free_port()
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("REMBUK_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("REMBUK_MAIL_FROM", "Rembuk <rembuk@contoh.id>")
    settings.cache_clear()
    yield received
    controller.stop()


def post(subject: str = "Halo", body: str = "Isi – dengan tanda.\n", unsubscribe: str = "") -> None:
    """Put a message in the outbox."""
    db.write_now(mail.post, "warga@contoh.id", subject, body, unsubscribe)


def outbox() -> list[mail.Mail]:
    """The messages there are."""
    with db.reading() as session:
        return mail.latest(session)


@pytest.mark.usefixtures("database")
class TestMail:
    """Messages to people."""

    def test_it_is_sent_once(self, inbox: Inbox) -> None:
        """With the headers of automatic mail and one-click unsubscribing; sending again does nothing."""
        post(unsubscribe="https://rembuk.contoh.id/unsubscribe/x")
        jobs.run_due()
        assert jobs.run_due() == 0
        assert len(inbox.letters) == 1
        letter = inbox.letters[0]
        assert letter.rcpt_tos == ["warga@contoh.id"]
        text = letter.content.decode()
        assert "List-Unsubscribe: <https://rembuk.contoh.id/unsubscribe/x>" in text
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in text
        assert "Auto-Submitted: auto-generated" in text
        assert outbox()[0].sent_at is not None
        assert not owed()

    def test_a_message_already_sent_is_not_sent_again(self, inbox: Inbox) -> None:
        """Even when its job is run twice."""
        post()
        jobs.run_due()
        number = outbox()[0].id
        db.write_now(lambda session: jobs.later(session, "mail.send", mail=number))
        jobs.run_due()
        assert len(inbox.letters) == 1

    def test_a_dead_server_loses_nothing(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is sent when the server is back."""
        alive = settings().smtp_url
        monkeypatch.setenv("REMBUK_SMTP_URL", f"smtp://127.0.0.1:{_free_port()}")
        settings.cache_clear()
        post()
        jobs.run_due()
        assert outbox()[0].sent_at is None
        assert owed()[0].error == "ConnectionRefusedError"
        monkeypatch.setenv("REMBUK_SMTP_URL", alive)
        settings.cache_clear()
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            jobs.run_due()
        assert len(inbox.letters) == 1

    def test_without_a_server_it_stays_in_the_outbox(self) -> None:
        """And no job is left to try again."""
        post()
        jobs.run_due()
        assert outbox()[0].sent_at is None
        assert not owed()

    def test_a_message_that_was_forgotten_is_not_sent(self, inbox: Inbox) -> None:
        """Who leaves gets no more mail, also none that was waiting."""
        post()
        db.write_now(mail.forget, "warga@contoh.id")
        jobs.run_due()
        assert not inbox.letters
        assert not outbox()
        assert not owed()

    def test_a_subject_is_one_line(self) -> None:
        """Nothing that people type becomes a header."""
        post(subject="Halo\r\nBcc: semua@contoh.id\n\tdan lagi")
        made = mail.message(outbox()[0])
        assert made["Subject"] == "Halo Bcc: semua@contoh.id dan lagi"
        assert made["Bcc"] is None

    def test_a_password_is_never_sent_in_the_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that wants a password but offers no encryption gets neither."""
        received = Inbox()
        logins: list[str] = []

        def login(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, _given: Any) -> AuthResult:
            logins.append("tried")
            return AuthResult(success=True)

        port = _free_port()
        controller = Controller(received, hostname="127.0.0.1", port=port, authenticator=login, auth_require_tls=False)
        controller.start()
        monkeypatch.setenv("REMBUK_SMTP_URL", f"smtp://user:sandi@127.0.0.1:{port}")
        settings.cache_clear()
        post()
        jobs.run_due()
        controller.stop()
        assert not logins
        assert not received.letters
        assert owed()[0].error == smtplib.SMTPNotSupportedError.__name__

    def test_old_messages_go(self) -> None:
        """After thirty days, by the minute's round."""
        post()
        with time_machine.travel(clock.now() + timedelta(days=29)):
            schedule.sweep()
            assert len(outbox()) == 1
        with time_machine.travel(clock.now() + timedelta(days=31)):
            schedule.sweep()
        assert not outbox()


def test_a_subject_begins_with_a_capital(database: str) -> None:
    """Also where it begins with a word that is put in."""
    db.write_now(mail.post, "a@contoh.id", "usulan  Anda\nABC disembunyikan", "Isi.")
    with db.reading() as session:
        assert mail.latest(session)[0].subject == "Usulan Anda ABC disembunyikan"
