"""What each JSON address tells, as a contract: programs of others rely on the names, kinds and absence of fields.

The pages make their facts by themselves. This table is held against what they answer by
`tests/exports/test_contract.py`, so that no field changes, comes or goes without being seen.
"""

from typing import Any

from app.exports.queries.shapes.answered import Answered
from app.exports.queries.shapes.answers import Board, Decision
from app.exports.queries.shapes.basics import Error
from app.exports.queries.shapes.consultations import Amendment, Changes, ConsultationPage, Consultations
from app.exports.queries.shapes.contributions import Comments, Merge, Proposal, Proposals, Trail
from app.exports.queries.shapes.places import Branch, OfficePage, Place, Ready, Results
from app.exports.queries.shapes.themes import Themes

__all__ = ["TOLD", "Error"]

#: What each address tells, by its path.
TOLD: dict[str, Any] = {
    "/consultations.json": Consultations,
    "/consultations/{slug}.json": ConsultationPage,
    "/consultations/{slug}/answered.json": Answered,
    "/consultations/{slug}/changes.json": Changes,
    "/consultations/{slug}/charter.json": dict[str, Any],
    "/consultations/{slug}/charter/amendments/{amendment}.json": Amendment,
    "/consultations/{slug}/charter/rule.json": dict[str, Any],
    "/consultations/{slug}/proposals.json": Proposals,
    "/consultations/{slug}/themes.json": Themes,
    "/proposals/{code}.json": Proposal,
    "/proposals/{code}/comments.json": Comments,
    "/contributions/{code}.json": Trail,
    "/merges/{merge}.json": Merge,
    "/decisions/{number}.json": Decision,
    "/board.json": Board,
    "/areas.json": list[Place],
    "/offices.json": list[Branch],
    "/offices/{slug}.json": OfficePage,
    "/search.json": Results,
    "/readyz": Ready,
}
