"""What is told of proposals, comments and the trail of each."""

from typing import Annotated, Literal

from pydantic import Field

from app.exports.queries.shapes.basics import (
    Address,
    Channel,
    Code,
    Fingerprint,
    Instant,
    Lang,
    Lights,
    Next,
    Number,
    Shape,
    Votes,
)


class Listed(Shape):
    """A proposal in a list."""

    code: Code
    url: Address
    visibility: str
    title: str | None
    excerpt: str | None
    lang: Lang
    channel: Channel
    received: Instant
    status: str | None
    withdrawn: bool
    comments: Number
    merged: Annotated[int, Field(ge=0, description="how many were merged into it; those are in no list")]
    votes: Annotated[Votes | None, Field(description="null while the counts are sealed")]
    imported_supports: Number | None
    lights: Lights


class Proposals(Shape):
    """A part of the proposals of a consultation."""

    consultation: str
    proposals: list[Listed]
    next: Next


class Step(Shape):
    """Who wrote, checked, signed or published an answer, and as what."""

    step: Literal["draft", "check", "signature", "publication"]
    by: str
    role: str
    office: Annotated[str | None, Field(description="named where it is another than the one that answers")]
    at: Instant


class Quote(Shape):
    """The words that were answered, as they stood; null where not everybody may read them any more."""

    title: str | None
    text: str


class Answer(Shape):
    """An official answer to a proposal."""

    status: str
    text: str
    lang: Lang
    office: str
    signed_by: str
    quote: Quote | None
    exception: Annotated[str | None, Field(description="what holds for this contribution alone")]
    theme: Annotated[int | None, Field(description="the theme it answers; null where it answers the whole")]
    steps: Annotated[list[Step], Field(description="empty for answers from before their steps were recorded")]
    published: Instant
    superseded: Instant | None


class Proposal(Shape):
    """What a citizen puts forward; without its texts where it is hidden."""

    code: Code
    consultation: str
    visibility: str
    reason: str | None
    title: str | None
    body: str | None
    difference: str | None
    lang: Lang
    version: Annotated[int, Field(ge=1)]
    h: Fingerprint
    channel: Channel
    received: Instant
    withdrawn: Instant | None
    merged_into: Annotated[Code | None, Field(description="where people vote and comment instead")]
    merged: Annotated[list[Code], Field(description="what was merged into it")]
    together: Annotated[
        Votes | None, Field(description="the people behind it and what was merged into it, each counted once")
    ]
    votes: Annotated[Votes | None, Field(description="null while the counts are sealed")]
    imported_supports: Number | None
    comments: Number
    lights: Lights
    answers: list[Answer]


class Agreement(Shape):
    """Whether somebody agreed to a merge for one of its proposals, and to which version of the text that remains."""

    proposal: Code
    role: str | None
    version: Annotated[int, Field(ge=1)] | None
    agreed: Instant | None


class Merge(Shape):
    """That proposals be merged into one, and what became of it."""

    consultation: str
    state: Literal["pending", "carried-out", "refused", "taken-back", "undone"]
    into: Code
    merged: list[Code]
    reason: str
    role: str
    proposed: Instant
    carried_out: Instant | None
    ended: Instant | None
    ended_reason: str | None
    ended_role: str | None
    agreements: list[Agreement]


class Comment(Shape):
    """A comment; the fields that can be missing are those that a hidden or removed one does not tell."""

    code: Code
    parent: Code | None
    visibility: str
    reason_code: str | None
    received_at: Instant
    channel: Channel
    replies: Number
    h: Fingerprint | None
    lights: Lights | None
    stance: Literal["for", "against", "neutral"] = "neutral"
    asks: bool = False
    text: str = ""
    lang: Lang = "id"
    author: str | None = None
    edited_at: Instant | None = None
    imported_for: Number | None = None
    imported_against: Number | None = None


class Comments(Shape):
    """A part of the comments on a proposal, or of the replies to one of them."""

    proposal: Code
    parent: Code | None
    comments: list[Comment]
    next: Next


class Version(Shape):
    """A state of a text."""

    number: Annotated[int, Field(ge=1)]
    at: Instant
    h: Fingerprint


class Handling(Shape):
    """Somebody named looked into a contribution, and what they did with it."""

    by: str
    role: str
    office: str
    outcome: str
    note: str | None
    at: Instant
    retracted: Instant | None


class AnswerMark(Shape):
    """That an answer was published, and by which steps."""

    status: str
    theme: Annotated[int | None, Field(description="the theme it answers; null where it answers the whole")]
    published: Instant
    h: Fingerprint
    quote: Quote | None
    text: str
    exception: str | None
    steps: list[Step]


class Moderation(Shape):
    """What moderators did, and by which reason."""

    act: str
    reason: str
    at: Instant


class HandOver(Shape):
    """The duty to answer given to another office; nothing of it moves the due date."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    reason: str
    at: Instant


class HoldingReply(Shape):
    """A new date that the office named; the due date stays."""

    promised: Instant
    text: str
    at: Instant


class OwedHere(Shape):
    """One answer that is or was owed to this contribution."""

    kind: str
    office: str
    state: str
    arose: Instant
    due: Instant
    answered: Instant | None
    lapsed: Annotated[Instant | None, Field(description="since when nobody waits any more: it was taken back")]
    reception: str | None
    hand_overs: list[HandOver]
    holding_replies: list[HoldingReply]


class ThemeFound(Shape):
    """A theme that somebody found in it."""

    theme: Annotated[int, Field(description="the theme that speaks for it now, by its number in the codebook")]
    codebook: Annotated[int, Field(description="the version of the codebook it was found with")]
    quote: Annotated[str | None, Field(description="an exact piece of the text; none while that is not shown")]
    by: str
    at: Instant
    retracted: Instant | None
    h: Fingerprint


class Exclusion(Shape):
    """That it was left out when themes were gathered, and why."""

    ground: str
    text: str
    by: str
    at: Instant
    lifted: Instant | None
    h: Fingerprint


class Trail(Shape):
    """What became of one contribution, step by step."""

    code: Code
    kind: str
    consultation: str
    proposal: Code
    channel: Channel
    received: Instant
    visibility: str
    versions: list[Version]
    lights: Lights
    handlings: list[Handling]
    votes: Votes | None
    themes: list[ThemeFound]
    exclusions: list[Exclusion]
    merged_into: Code | None
    answers: list[AnswerMark]
    moderation: list[Moderation]
    owed: list[OwedHere]
