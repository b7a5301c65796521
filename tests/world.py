"""A small world with one of everything: two offices, people of every role, and what each address names."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, select

from app.accounts.actions import holding, links
from app.accounts.models import RoleGrant
from app.accounts.queries import unsubscribe_path
from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.consultations import actions as consultations
from app.consultations.models import Document
from app.contributions import actions as contributions
from app.contributions.models import Handling
from app.core import clock, db, files
from app.core.columns import table
from app.decisions.models import Decision
from app.obligations.models import Obligation
from app.proposals import queries as proposals
from app.proposals.models import Merge, MergePart
from app.responses.models import Answer, Response
from app.settings import settings
from app.themes import actions as themes
from app.themes import queries as reading
from app.themes.forms import CodebookForm, CodingForm, ExclusionForm, ThemeForm
from app.themes.models import BlindCheck, BlindItem, Campaign, CampaignSignature, SharedCoding
from tests import factories
from tests.factories import BOTH, OVER, Person, phase

DAY = timedelta(days=1)
DISCUSSED = (*BOTH, phase("discussion", -DAY, 10 * DAY))


@dataclass(frozen=True)
class World:
    """Who is there, and the values for the parameters of addresses."""

    people: dict[str, Person | None]
    #: By the name of a parameter, or by "start of address/parameter" where one name means several things.
    values: dict[str, str]
    #: The address part of a draft that only the other office may know of.
    draft: str
    held: str


def comment(proposal: int, author: Person, enterer: Person | None = None, **said: str) -> str:
    """A comment on a proposal, which another may have entered for its author; gives its code."""
    form = CommentForm.model_validate({"body": "Pendapat saya tentang usulan ini.", "stance": "for"} | said)
    origin = contributions.Origin("paper" if enterer else "web", participant=author.participant)

    def act(session: Session) -> str:
        view = proposals.by_id(session, proposal)
        return comments.enter(session, (enterer or author).actor, view, form, clock.now(), origin=origin).code

    return db.write_now(act)


def document(consultation: int, content: bytes = b"Isi dokumen.") -> tuple[int, str]:
    """A kept picture of a consultation: its number and the digest in its address."""
    digest = files.save(settings().data_dir / "files", content, files.PICTURE_TYPE)
    number = factories.add(
        Document(
            consultation_id=consultation, kind="picture", title="Peta", description="Peta mata air", sha256=digest,
            small_sha256=digest, media_type="image/webp", size=len(content), width=10, height=10, added_at=clock.now(),
        )
    )  # fmt: skip
    return int(number), digest


def response(consultation: int, office: int, proposal: int, author: Person) -> int:
    """The draft of an answer to a proposal."""
    number = factories.add(
        Response(
            consultation_id=consultation, office_id=office, status="adopted", written_by=author.account,
            text="Usulan ini dikerjakan pada tahun depan.", created_at=clock.now(),
        )
    )  # fmt: skip
    factories.add(Answer(response_id=number, contribution_id=proposal))
    return int(number)


def owed(consultation: int, office: int, proposal: int) -> int:
    """An answer the office owes to a proposal."""
    due = clock.now() + 3 * DAY
    return int(
        factories.add(
            Obligation(
                contribution_id=proposal, consultation_id=consultation, kind="closing", first_office_id=office,
                office_id=office, arose_at=clock.now(), due_at=due, due_month=202603,
            )
        )
    )  # fmt: skip


def waiting(consultation: int, proposal: int, other: int) -> int:
    """A merge of one proposal into another that waits for their authors."""
    now = clock.now()
    merge = factories.add(
        Merge(
            consultation_id=consultation, target_id=proposal, name="Pejabat", role="official", lang="id", h="h",
            reason="Keduanya meminta hal yang sama.", at=now, nonce=b"",
        )
    )  # fmt: skip
    for part in (proposal, other):
        factories.add(MergePart(merge_id=merge, proposal_id=part))
    return int(merge)


def considered(proposal: int, office: int, person: Person) -> int:
    """A proposal that an official has considered."""
    return int(
        factories.add(
            Handling(
                contribution_id=proposal, account_id=person.account, participant_id=person.participant,
                office_id=office, name=person.name, role="official", outcome="noted", at=clock.now(),
            )
        )
    )  # fmt: skip


def decided(office: int) -> str:
    """A consultation whose decision is published as K-2026-001; gives its slug."""
    consultation = factories.consultation(office, OVER, slug="selesai", decided_at=clock.now(), now=None)
    texts = dict.fromkeys(("question", "proposed", "decided", "decided_by", "why", "next"), "Teks keputusan.")
    factories.add(
        Decision(
            consultation_id=consultation, year=2026, number=1, counts="[]", h="h", saved_at=clock.now(),
            published_at=clock.now(), **texts,
        )
    )  # fmt: skip
    return "selesai"


def coded(consultation: int, official: Person, author: Person, proposal: int) -> dict[str, str]:
    """A codebook in force, a comment in which its theme was found, and one that was left out."""
    theme = ThemeForm.model_validate({"stance": "Sumur yang ada sudah tidak cukup"})
    db.write_now(themes.keep_theme, official.actor, consultation, theme)
    db.write_now(themes.publish, official.actor, consultation, CodebookForm())
    found, left_out = comment(proposal, author), comment(proposal, author)
    with db.reading() as session:
        item = reading.words(session, found)
        seen, found_id, left_out_id = item.h, item.id, reading.words(session, left_out).id
    db.write_now(themes.assign, official.actor, found, CodingForm.model_validate({"theme": 1, "seen": seen}))
    exclusion = ExclusionForm.model_validate({"ground": "no-argument", "text": "Isinya salam saja."})
    db.write_now(themes.exclude, official.actor, left_out, exclusion, "http://127.0.0.1")
    check = factories.add(
        BlindCheck(consultation_id=consultation, version=1, seed="s", drawn_from=1, name="", at=clock.now())
    )
    factories.add(BlindItem(check_id=check, contribution_id=left_out_id))
    campaign = factories.add(Campaign(consultation_id=consultation, first_id=left_out_id))
    for number in (left_out_id, found_id):
        factories.add(CampaignSignature(contribution_id=number, campaign_id=campaign, text_h=""))
    factories.add(
        SharedCoding(
            campaign_id=campaign, theme_id=1, version=1, quote="Pendapat saya", text_h="", name="Pejabat",
            account_id=official.account, at=clock.now(), through=None,
        )
    )  # fmt: skip
    numbered = (
        "desk/campaigns/number",
        "desk/shared-codings/number",
        "desk/check/number",
        "desk/codings/number",
        "desk/exclusions/number",
        "theme",
        "themes/number",
    )
    return dict.fromkeys(numbered, "1") | {"table": "quotes"}


def merging(consultation: int, proposal: int, author: Person) -> dict[str, str]:
    """A merge that waits, and the proposal that is to be merged."""
    other = factories.proposal(consultation, author)
    return {"merge": str(waiting(consultation, proposal, other)), "merged": factories.code(other)}


def build() -> World:
    """Make the world in the open database."""
    ours, theirs = factories.office(slug="dinas-air"), factories.office(slug="dinas-pasar")
    people = {
        "anonymous": None,
        "unconfirmed": factories.person("Belum", confirmed=False),
        "citizen": factories.person("Warga"),
        "other citizen": factories.person("Tetangga"),
        "facilitator": factories.person("Fasilitator", roles=["facilitator"]),
        "legal checker": factories.person("Pemeriksa", roles=["checker"]),
        "moderator": factories.person("Moderator", roles=["moderator"]),
        "official": factories.official(ours),
        "other official": factories.official(theirs),
        "administrator": factories.person("Pengelola", roles=["administrator"]),
    }
    citizen, official, facilitator = people["citizen"], people["official"], people["facilitator"]
    assert citizen and official and facilitator
    consultation = factories.consultation(ours, DISCUSSED, slug="air")
    factories.consultation(theirs, DISCUSSED, slug="rahasia", opened=False)
    proposal = factories.proposal(consultation, citizen)
    amended = {**factories.CHARTER, "late": "Yang terlambat dijawab sebagai surat biasa."}
    given = (amended, "Tata cara surat terlambat diperjelas.", clock.now())
    amendment = db.write_now(consultations.amend_charter, official.actor, consultation, *given)
    number, digest = document(consultation)
    return World(
        people=people,
        values={
            "slug": "air",
            "offices/slug": "dinas-air",
            "admin/offices/slug": "dinas-air",
            "consultations/slug/decision": decided(ours),
            "code": factories.code(proposal),
            "comments/code": comment(proposal, citizen),
            "facilitation/slips/code": comment(proposal, citizen, facilitator),
            "amendment": str(amendment),
            **merging(consultation, proposal, citizen),
            "document": str(number),
            "sha256": digest,
            "topic": str(factories.topic("air-bersih")),
            "desk/obligations/number": str(owed(consultation, ours, proposal)),
            "admin/holidays/year": "2026",
            "day": "2026-08-17",
            "desk/handlings/number": str(considered(proposal, ours, official)),
            "desk/answers/number": str(response(consultation, ours, proposal, official)),
            "decisions/number": "K-2026-001",
            "me/sessions/number": "1",
            "held/number": "1",
            "admin/people/number": str(facilitator.account),
            "grant": str(_grant_of(facilitator)),
            "confirm/token": _link(citizen, links.CONFIRM),
            "reset/token": _link(citizen, links.RESET),
            "address/token": _link(citizen, links.ADDRESS),
            "kind": "pages",
            "part": "1",
            "signed": unsubscribe_path(citizen.account).rsplit("/", 1)[1],
            **coded(consultation, official, citizen, proposal),
        },
        draft="rahasia",
        held=db.write_now(holding.hold, "", "/proposals/x/comments", {"body": ["Teks yang tertunda."]}, "127.0.0.1"),
    )


def _grant_of(person: Person) -> int:
    g = table(RoleGrant).c
    with db.reading() as session:
        return int(session.execute(select(g.id).where(g.account_id == person.account)).scalar_one())


def _link(person: Person, purpose: str) -> str:
    return db.write_now(links.make, person.account, purpose, person.email).token
