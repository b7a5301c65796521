"""Open data of a consultation as files."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from app.consultations import queries as consultations
from app.core.access import guard
from app.exports import export, queries

router = APIRouter()
Consultation = Annotated[consultations.ConsultationView, guard("exports.read", consultations.in_path)]


@router.get("/consultations/{slug}/proposals.csv")
def proposals_file(consultation: Consultation) -> Response:
    """Every proposal of a consultation."""
    return _file(f"{consultation.slug}-proposals.csv", queries.PROPOSALS, queries.proposals(consultation))


@router.get("/consultations/{slug}/results.csv")
def results_file(consultation: Consultation) -> Response:
    """The votes on every version of every proposal, once they may be seen."""
    return _file(f"{consultation.slug}-results.csv", queries.RESULTS, queries.results(consultation))


def _file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return StreamingResponse(export.lines(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)
