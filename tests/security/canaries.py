"""A world in which every private thing holds a word of its own, and the table of who may read which word where."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel

from app.accounts.actions import holding, leaving, links
from app.accounts.actions.signing_in import Attempt
from app.accounts.models import Account, MailToken, SignIn
from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.comments.models import Comment
from app.consultations.models import Charter, Consultation, ConsultationSalt, Document
from app.contributions.models import Contribution
from app.core import clock, db, files, indexing, keys, mail, tokens
from app.core.columns import table
from app.decisions.models import Decision
from app.moderation import actions as moderation
from app.moderation.forms import ReportForm
from app.moderation.models import ModerationAct
from app.offices.models import Office
from app.proposals import actions as proposals
from app.proposals.forms import DraftForm
from app.proposals.models import Proposal, ProposalVersion
from app.responses import actions as responses
from app.responses.models import Answer, Reception, Response
from app.rules.canonical import canonical
from app.settings import settings
from app.themes import actions as themes
from app.themes.forms import ThemeForm
from app.themes.models import Campaign, CampaignSignature, Codebook, Coding, Exclusion, SharedCoding, Theme
from app.votes import actions as votes
from app.votes.models import Ballot, Choice
from tests import factories
from tests import world as worlds
from tests.factories import Person
from tests.world import World

DAY = timedelta(days=1)
OWN, OTHER, OFFICIAL, DRAFTER = "citizen", "other citizen", "official", "other official"
MODERATOR, ADMINISTRATOR, CHECKER = "moderator", "administrator", "legal checker"
#: Whoever has the link that was sent to an address, by which they show that the address is theirs.
HOLDER = "holder of the link"


def word(thing: str) -> str:
    """The word that stands in one thing and nowhere else."""
    return "qz" + sha256(thing.encode()).hexdigest()[:12].translate(str.maketrans("0123456789", "ghijklmnop"))


#: Where the office that prepares a consultation reads its draft.
_DRAFT = {DRAFTER: r"/(desk.*|consultations/.*|proposals/.*|contributions/.*|comments/.*|files/.*|me/contributions)"}
#: Where moderators read what they decide about.
_CASES = {MODERATOR: r"/moderation.*"}
#: Where authors see their own.
_OWN_LIST = r"/me/contributions"

#: Who reads the words of a thing, and at which addresses. Nobody else reads them, and they nowhere else.
MAY_READ: dict[str, dict[str, str]] = {
    # what has not been published
    "draft of a consultation": _DRAFT,
    "charter of a draft": _DRAFT,
    "document of a draft": _DRAFT,
    "proposal in a draft": _DRAFT,
    "comment in a draft": _DRAFT,
    "draft of a proposal": {OWN: r"/(consultations/air/proposals/new|me/contributions)"},
    "draft of a new version": {OWN: r"/(proposals/.*/edit|me/contributions)"},
    "held text": {OWN: r"/held"},
    "draft of an answer": {OFFICIAL: r"/desk/.*", CHECKER: r"/desk/answers(/\d+/check)?"},
    "exception in a draft": {OFFICIAL: r"/desk/answers/\d+/.*", CHECKER: r"/desk/answers/\d+/check"},
    "quote of a hidden proposal": {},
    "step of a draft": {
        OFFICIAL: r"/desk/(answers/.*|consultations/[^/]+/answers/(new|themes/\d+))",
        CHECKER: r"/desk/answers/\d+/check",
    },
    "words about an answer": {OFFICIAL: r"/desk/(answers/\d+|consultations/[^/]+/answers(/new)?)(\?.*)?"},
    "draft of a decision": {OFFICIAL: r"/desk/consultations/tutup/decision(/publication)?"},
    "draft of a codebook": {OFFICIAL: r"/desk/consultations/air/(codebook|coding).*"},
    "removed document": {},
    # what a moderator hid, or its author took away
    "hidden proposal": {**_CASES, OWN: rf"{_OWN_LIST}|/proposals/.*/(edit|withdrawal)"},
    "earlier version of a hidden proposal": {},
    "hidden comment": _CASES,
    "passage of a hidden text": {},
    "removed comment": {},
    "comment before it was changed": {},
    # what only moderators are told
    "report": _CASES,
    # people
    "name of somebody who said nothing": {ADMINISTRATOR: r"/admin/people.*", "silent": r".*"},
    "name of somebody erased": {},
    "address of somebody erased": {},
    "address of the citizen": {OWN: r"/me.*", ADMINISTRATOR: r"/admin/people.*", HOLDER: r"/(confirm|reset)/.+"},
    "new address of the citizen": {HOLDER: r"/address/.+"},
    "address of the official": {OFFICIAL: r"/me.*", ADMINISTRATOR: r"/admin/people.*"},
    "browser of the citizen": {OWN: r"/me"},
    "message": {},
    # what the server keeps to itself
    "secret": {},
}
#: The tokens with which people are signed in, by name.
SESSIONS: dict[str, str] = {}
#: Words that everybody reads: the crawl would find the others as well.
PUBLIC = "public proposal"


@dataclass
class Planted:
    """The world with its words, and further values that no answer may hold."""

    world: World
    #: A word, or a secret as it lies in the database, and the thing it belongs to.
    words: dict[str, str] = field(default_factory=dict)
    #: Every value that may stand in an address, by the name of the parameter.
    values: dict[str, list[str]] = field(default_factory=dict)

    def secret(self, *values: str | bytes | int | None) -> None:
        """Nobody may ever read these."""
        for value in values:
            told = value.hex() if isinstance(value, bytes) else str(value or "")
            if len(told) >= 8:
                self.words[told.lower()] = "secret"


def _set(session: Session, model: type[SQLModel], number: int, key: str, texts: dict[str, str]) -> None:
    t = table(model)
    session.execute(update(t).where(t.c[key] == number).values(**texts))


def fill(model: type[SQLModel], number: int, thing: str, *columns: str, key: str = "id") -> None:
    """Write the word of a thing into columns of a row, with the column's name, so that a find says where it is from."""
    texts = {name: f"<p>{word(thing)} {name}</p>" if name == "html" else f"{word(thing)} {name}" for name in columns}
    db.write_now(_set, model, number, key, texts)


def rows(model: type[SQLModel]) -> list[Any]:
    """All rows of a table."""
    with db.reading() as session:
        return list(session.execute(select(table(model))).all())


def row_id(code: str) -> int:
    """The row number of a contribution."""
    t = table(Contribution).c
    with db.reading() as session:
        return int(session.execute(select(t.id).where(t.code == code)).scalar_one())


def build() -> Planted:
    """Make the world in the open database and put a word into each private thing."""
    world = worlds.build()
    planted = Planted(world, {word(thing): thing for thing in [*MAY_READ, PUBLIC]})
    numbers = {row.slug: row.id for row in rows(Consultation)}
    _people(world)
    _draft(world, numbers["rahasia"])
    _contributions(world, numbers["air"])
    _desk(world, numbers)
    _secrets(planted)
    for kind in indexing.kinds():  # as if all this had been written on the pages
        at: int | None = 0
        while at is not None:
            at = db.write_now(indexing.rebuild, kind, at)
    planted.values = _values()
    return planted


def person(world: World, name: str) -> Person:
    """Somebody of the world who is signed in."""
    found = world.people[name]
    assert found is not None
    return found


def _people(world: World) -> None:
    citizen, official = person(world, OWN), person(world, OFFICIAL)
    world.people["silent"] = factories.person(word("name of somebody who said nothing"))
    for somebody, thing in ((citizen, "address of the citizen"), (official, "address of the official")):
        fill(Account, somebody.account, thing, "email")
    db.write_now(factories.sign_in, citizen, tokens.new_token())
    for session in rows(SignIn):
        fill(SignIn, session.id, "browser of the citizen", "device")
    new = f"{word('new address of the citizen')}@contoh.id"
    db.write_now(links.make, citizen.account, links.ADDRESS, new)
    db.write_now(mail.post, citizen.email, word("message"), word("message"), f"http://127.0.0.1/{word('message')}")


def _draft(world: World, number: int) -> None:
    """A consultation that is being prepared, with everything that can be in it."""
    thing, drafter = "draft of a consultation", person(world, DRAFTER)
    texts = ("title", "summary", "background", "other_title", "other_summary", "other_background")
    fill(Consultation, number, thing, *texts)
    said = word("charter of a draft")
    texts_of_charter = {name: f"{said} {name}" for name, value in factories.CHARTER.items() if isinstance(value, str)}
    promised = {**factories.CHARTER, **texts_of_charter, "influence": "consult"}
    db.write_now(_set, Charter, number, "consultation_id", {"content": canonical(promised).decode()})
    pdf = b"%PDF-1.4\n%" + word("document of a draft").encode() + b"\nstartxref\n0\n%%EOF\n"
    digest = files.save(settings().data_dir / "files", pdf, files.DOCUMENT_TYPE)
    document = factories.add(
        Document(
            consultation_id=number, kind="document", title="x", sha256=digest, media_type=files.DOCUMENT_TYPE,
            size=len(pdf), added_at=clock.now(),
        )
    )  # fmt: skip
    fill(Document, document, "document of a draft", "title", "description")
    worlds.document(number, word("document of a draft").encode())
    proposal = factories.proposal(number, drafter)
    _words_of_a_proposal(proposal, "proposal in a draft")
    comment = row_id(worlds.comment(proposal, drafter))
    fill(Comment, comment, "comment in a draft", "body", "html")


def _words_of_a_proposal(number: int, thing: str, earlier: str = "") -> None:
    fill(Proposal, number, thing, "title", "excerpt")
    for version in rows(ProposalVersion):
        if version.proposal_id == number:
            old = earlier and version.number == 1
            fill(ProposalVersion, version.id, earlier if old else thing, "title", "body", "html", "difference")


def _contributions(world: World, number: int) -> None:
    citizen, moderator, other = (person(world, name) for name in (OWN, MODERATOR, OTHER))
    public = factories.proposal(number, citizen)
    _words_of_a_proposal(public, PUBLIC)
    for voter, choice in ((citizen, Choice.SUPPORT), (other, Choice.OPPOSE)):
        db.write_now(votes.cast, voter.actor, factories.code(public), choice, clock.now())
    hidden = factories.proposal(number, citizen)
    factories.edit(hidden)
    worlds.comment(hidden, other)
    _words_of_a_proposal(hidden, "hidden proposal", "earlier version of a hidden proposal")
    comment = row_id(worlds.comment(public, citizen))
    fill(Comment, comment, "hidden comment", "body", "html")
    for contribution in (hidden, comment):
        report = ReportForm(reason="insult", text=word("report"))
        db.write_now(moderation.report, other.actor, contribution, report)
        db.write_now(
            moderation.hide, moderator.actor, contribution, "insult", "Alasan untuk umum.", "http://127.0.0.1:8000"
        )
    db.write_now(moderation.report, other.actor, public, ReportForm(reason="spam", text=word("report")))
    removed = row_id(worlds.comment(public, citizen))
    fill(Comment, removed, "removed comment", "body", "html")
    db.write_now(comments.remove, citizen.actor, removed)
    changed = row_id(worlds.comment(public, citizen))
    fill(Comment, changed, "comment before it was changed", "body", "html")
    form = CommentForm.model_validate({"body": "Sudah diperbaiki.", "stance": "for"})
    db.write_now(comments.edit, citizen.actor, changed, form, clock.now())
    for proposal, thing in ((0, "draft of a proposal"), (public, "draft of a new version")):
        texts = DraftForm(title=word(thing), body=word(thing), topic=word(thing), area=word(thing))
        db.write_now(proposals.save_draft, citizen.actor, number, proposal, texts)
    _erased(number)


def _erased(number: int) -> None:
    """Somebody who took part and left."""
    gone = factories.person(word("name of somebody erased"))
    fill(Account, gone.account, "address of somebody erased", "email")
    proposal = factories.proposal(number, gone)
    worlds.comment(proposal, gone)
    db.write_now(mail.post, f"{word('address of somebody erased')} email", "Halo", "Halo")
    db.write_now(leaving.erase, gone.actor, Attempt("", "", gone.account, ""))


def _desk(world: World, numbers: dict[str, int]) -> None:
    citizen, official = person(world, OWN), person(world, OFFICIAL)
    (answer,) = (row for row in rows(Response) if row.published_at is None)
    fill(Response, answer.id, "draft of an answer", "text", "other_text", "refers_to", "signed_by")
    (reply,) = (row for row in rows(Answer) if row.response_id == answer.id)
    fill(Answer, reply.id, "exception in a draft", "exception", "other_exception")
    for note in (word("step of a draft"), ""):
        db.write_now(responses.hand_on, official.actor, answer.id, word("step of a draft"))
        if note:
            role = word("step of a draft")
            db.write_now(responses.send_back, person(world, CHECKER).actor, answer.id, role, "", note)
    factories.add(
        Reception(
            contribution_id=reply.contribution_id, answer_id=reply.id, said="disputed",
            text=word("words about an answer"), at=clock.now(),
        )
    )  # fmt: skip
    office = next(iter(official.offices))
    closed = factories.consultation(office, factories.OVER, slug="tutup", now=clock.now() - DAY)
    decision = factories.add(Decision(consultation_id=closed, counts="[]", h="h", saved_at=clock.now()))
    fill(Decision, decision, "draft of a decision", "question", "proposed", "decided", "decided_by", "why", "next")
    factories.add(Answer(response_id=answer.id, contribution_id=factories.proposal(closed, citizen)))
    _themes(official, numbers["air"])
    _answered_and_hidden(office, numbers["air"])
    removed = b"Isi yang dicabut " + word("removed document").encode()
    number, _ = worlds.document(numbers["air"], removed)
    fill(Document, number, "removed document", "description")
    db.write_now(_set, Document, number, "id", {"removed_at": clock.now()})


def _themes(official: Person, number: int) -> None:
    """A theme that nobody has published yet, and one that was found in a text before it was hidden."""
    said = word("draft of a codebook")
    fields = {"stance": f"Sumur {said} sudah kering", "other_stance": said, "includes": said, "excludes": said}
    db.write_now(themes.keep_theme, official.actor, number, ThemeForm.model_validate(fields))
    hidden = next(row.id for row in rows(Contribution) if row.visibility == "hidden")
    factories.add(
        Coding(
            contribution_id=hidden, theme_id=1, version=1, begins=0, ends=9, quote=word("passage of a hidden text"),
            text_h="h", office_id=next(iter(official.offices)), name="Pejabat", at=clock.now(),
        )
    )  # fmt: skip
    draft = factories.add(
        Response(
            consultation_id=number, office_id=next(iter(official.offices)), theme_id=1, status="adopted",
            text=word("draft of an answer"), created_at=clock.now(),
        )
    )  # fmt: skip
    said = word("exception in a draft")
    factories.add(Answer(response_id=draft, contribution_id=hidden, theme_id=1, exception=said))
    campaign = factories.add(Campaign(consultation_id=number, first_id=hidden))
    factories.add(CampaignSignature(contribution_id=hidden, campaign_id=campaign, text_h="h"))
    factories.add(
        SharedCoding(
            campaign_id=campaign, theme_id=1, version=1, quote=word("passage of a hidden text"), text_h="h",
            account_id=official.account, name="Pejabat", at=clock.now(), through=None,
        )
    )  # fmt: skip


def _answered_and_hidden(office: int, number: int) -> None:
    """Something that was answered, with its words, before a moderator hid it."""
    hidden = next(row.id for row in rows(Contribution) if row.visibility == "hidden" and row.kind == "proposal")
    now = clock.now()
    answer = Response(
        consultation_id=number, office_id=office, status="adopted", text="Sudah dikerjakan.", created_at=now,
        published_at=now, signed_by="Pejabat", stage="published",
    )  # fmt: skip
    words = word("quote of a hidden proposal")
    factories.add(
        Answer(
            response_id=factories.add(answer), contribution_id=hidden, published_at=now, quote=words, quote_title=words
        )
    )


def _secrets(planted: Planted) -> None:
    """Values that lie in the database or beside it and are for nobody."""
    for ballot in rows(Ballot):
        planted.secret(ballot.voter, ballot.nonce, ballot.h, ballot.id)
    for salt in rows(ConsultationSalt):
        planted.secret(salt.salt)
    for version in rows(ProposalVersion):
        planted.secret(version.nonce)
    for comment in rows(Comment):
        planted.secret(comment.nonce)
    for act in rows(ModerationAct):
        planted.secret(act.nonce)
    for committed in [*rows(Codebook), *rows(Coding), *rows(Exclusion)]:
        planted.secret(committed.nonce)
    for token in [*rows(MailToken), *rows(SignIn)]:
        planted.secret(token.token_hash)
    planted.secret(keys.secret(), keys.master())
    hashes: Callable[[int], str] = lambda number: f"$argon2id${word('secret')}{number}"  # noqa: E731
    for account in rows(Account):
        db.write_now(_set, Account, account.id, "id", {"password_hash": hashes(account.id)})
    planted.secret("$argon2id$")


def _values() -> dict[str, list[str]]:
    """Everything that is there under some address."""
    from app.contributions.models import Contribution

    slugs = [row.slug for row in rows(Consultation)]
    offices = [row.slug for row in rows(Office)]
    pictures = [row.sha256 for row in rows(Document)]
    return {
        "slug": slugs,
        "offices/slug": offices,
        "admin/offices/slug": offices,
        "code": [row.code for row in rows(Contribution)],
        "document": [str(row.id) for row in rows(Document)],
        "sha256": pictures,
        "desk/answers/number": [str(row.id) for row in rows(Response)],
        "desk/campaigns/number": [str(row.id) for row in rows(Campaign)],
        "theme": [str(row.number) for row in rows(Theme)],
        "decisions/number": ["K-2026-001", "K-2026-002", "K-2026-000"],
        "admin/people/number": [str(row.id) for row in rows(Account)],
    }


def hold(world: World, person_name: str) -> str:
    """Have somebody's session end while they write; gives the cookie under which the text is held for them."""
    somebody = person(world, person_name)
    token = tokens.new_token()
    db.write_now(factories.sign_in, somebody, token)
    fields = {"body": [word("held text") + " yang belum terkirim."]}
    held: str = db.write_now(holding.hold, "", "/proposals/x/comments", fields, "127.0.0.1", token)
    return held
