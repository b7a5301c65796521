"""Mail: an outbox row written with the act, sent by a job."""

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Column, Text, delete, select
from sqlmodel import Field, Session, SQLModel

from app.core import clock, db, jobs
from app.core.columns import Instant, RowId, table
from app.settings import settings

KEPT = timedelta(days=30)


class Mail(SQLModel, table=True):
    """A message to one person; it goes from the outbox after thirty days."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    to_address: str = Field(index=True)
    subject: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    unsubscribe: str = ""
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant))


def post(session: Session, to_address: str, subject: str, body: str, unsubscribe: str = "") -> None:
    """Put a message in the outbox, its subject with a capital; `unsubscribe` is the one-click address, if any."""
    line = " ".join(subject.split())
    line = line[:1].upper() + line[1:]
    mail = Mail(to_address=to_address, subject=line, body=body, unsubscribe=unsubscribe, created_at=clock.now())
    session.add(mail)
    session.flush()
    jobs.later(session, "mail.send", mail=mail.id)


def message(mail: Mail) -> EmailMessage:
    """The message as it goes over the wire."""
    made = EmailMessage()
    made["From"] = settings().mail_from
    made["To"] = mail.to_address
    made["Subject"] = mail.subject
    made["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.body)
    return made


@jobs.handles("mail.send")
def send(job_id: int, payload: dict[str, Any]) -> None:
    """Send one message, if there is a server to send it through; without one it stays in the outbox."""
    with db.reading() as session:
        mail = session.get(Mail, payload["mail"])
    address = settings().smtp_url
    if mail is not None and mail.sent_at is None and address:
        _deliver(message(mail), address)
        db.write_now(_sent, payload["mail"], job_id)
        return
    db.write_now(jobs.finish, job_id)


def _sent(session: Session, mail_id: int, job_id: int) -> None:
    mail = session.get(Mail, mail_id)
    if mail is not None:
        mail.sent_at = clock.now()
    jobs.finish(session, job_id)


def _deliver(made: EmailMessage, address: str) -> None:
    parts = urlsplit(address)
    host, port = parts.hostname or "localhost", parts.port or 25
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=20, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=20)
    with server:
        if parts.username:
            if parts.scheme != "smtps":
                server.starttls(context=ssl.create_default_context())
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(made)


def latest(session: Session, limit: int = 50) -> list[Mail]:
    """The newest messages, for the demo's mail page and for tests."""
    return list(session.execute(select(Mail).order_by(table(Mail).c.id.desc()).limit(limit)).scalars())


def forget(session: Session, address: str) -> None:
    """Remove every message to an address; part of erasing a person."""
    session.execute(delete(Mail).where(table(Mail).c.to_address == address))


def sweep(session: Session) -> None:
    """Remove messages that have been kept long enough."""
    session.execute(delete(Mail).where(table(Mail).c.created_at < clock.now() - KEPT))
