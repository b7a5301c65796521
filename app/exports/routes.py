"""Open data of a consultation as files, and the addresses of all that is public."""

import gzip
import io
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from app.consultations import queries as consultations
from app.core import db, web
from app.core.access import Missing, guard
from app.exports import export, queries
from app.obligations import queries as obligations

router = APIRouter()
Consultation = Annotated[consultations.ConsultationView, guard("exports.read", consultations.in_path)]
Kind = Annotated[str, Path(pattern=f"^({'|'.join(['pages', *queries.KINDS])})$")]
Table = Annotated[str, Path(pattern=f"^({'|'.join(queries.TABLES)})$")]
Part = Annotated[int, Path(ge=1, le=1_000_000)]
_XML = "application/xml; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEPT = {"Cache-Control": f"max-age={export.SITEMAP_SECONDS}", "Vary": "Accept-Encoding"}
#: What search engines are to list: what the lists of addresses hold, and the lists people read.
INDEXED = (
    *queries.PLAIN, "/consultations/{slug}", "/consultations/{slug}/proposals", "/consultations/{slug}/answered",
    "/consultations/{slug}/changes",
    "/proposals/{code}", "/decisions/{number}", "/offices/{slug}",
)  # fmt: skip


@router.get("/consultations/{slug}/proposals.csv")
def proposals_file(consultation: Consultation) -> Response:
    """Every proposal of a consultation."""
    return _file(f"{consultation.slug}-proposals.csv", queries.PROPOSALS, queries.proposals(consultation))


@router.get("/consultations/{slug}/contributions.csv")
def contributions_file(consultation: Consultation) -> Response:
    """Every proposal and comment with its lights."""
    return _file(f"{consultation.slug}-contributions.csv", queries.CONTRIBUTIONS, queries.contributions(consultation))


@router.get("/consultations/{slug}/results.csv")
def results_file(consultation: Consultation) -> Response:
    """The votes on every version of every proposal, once they may be seen."""
    return _file(f"{consultation.slug}-results.csv", queries.RESULTS, queries.results(consultation))


@router.get("/consultations/{slug}/answered/passages.csv")
def passages_file(consultation: Consultation) -> Response:
    """Every passage in which a theme was found: what the quotes are chosen from."""
    return _file(f"{consultation.slug}-passages.csv", queries.PASSAGES, queries.passages(consultation))


@router.get("/consultations/{slug}/answered/{table}.csv")
def account_file(session: db.Read, consultation: Consultation, table: Table) -> Response:
    """One table of what was asked, said and answered."""
    rows = queries.account(session, consultation).rows(table)
    return _file(f"{consultation.slug}-{table}.csv", queries.TABLES[table], list(rows))


@router.get("/consultations/{slug}/answered.xlsx")
def account_workbook(session: db.Read, consultation: Consultation) -> Response:
    """The same tables as sheets of one file."""
    account = queries.account(session, consultation)
    book = export.workbook((name, columns, account.rows(name)) for name, columns in queries.TABLES.items())
    return Response(book, media_type=_XLSX, headers=_attached(f"{consultation.slug}.xlsx"))


Asked = Annotated[obligations.Asked, Depends(obligations.asked)]


@router.get("/board.csv", dependencies=[guard("obligations.read")])
def board_file(asked: Asked) -> Response:
    """Every answer that is or was owed, of one office, kind or consultation where that is asked."""
    return _file("board.csv", queries.OWED, queries.owed(asked.narrowed))


@router.get("/feeds/board.atom", dependencies=[guard("obligations.read")])
def board_feed(request: Request, session: db.Read, asked: Asked) -> Response:
    """What is overdue, or another list of the board, as a feed."""
    page = obligations.items(session, asked.state, asked.narrowed, None, export.FEED)
    return Response(export.feed(web.base_url(request), asked, page.items), media_type="application/atom+xml")


@router.get("/api/v1/openapi.json", dependencies=[guard("pages.read")])
def contract(request: Request) -> Response:
    """What programs can ask for and what they are told, as an OpenAPI document."""
    return JSONResponse(queries.contract(request.app))


@router.get("/sitemap.xml", dependencies=[guard("pages.read")])
def sitemap_index(request: Request) -> Response:
    """Where search engines find the addresses of all that is public."""
    return Response(export.sitemap_index(web.base_url(request)), media_type=_XML, headers=_KEPT)


@router.get("/sitemaps/{kind}-{part}.xml", dependencies=[guard("pages.read")])
def sitemap(request: Request, kind: Kind, part: Part) -> Response:
    """One list of addresses, as it is kept or unpacked on the way."""
    packed = export.sitemap(web.base_url(request), kind, part)
    if packed is None:
        raise Missing
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=_XML, headers={**_KEPT, "Content-Encoding": "gzip"})
    unpacked = gzip.GzipFile(fileobj=io.BytesIO(packed))
    return StreamingResponse(iter(lambda: unpacked.read(65_536), b""), media_type=_XML, headers=_KEPT)


def _file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    rows_of_text = export.lines(columns, rows)
    return StreamingResponse(rows_of_text, media_type="text/csv; charset=utf-8", headers=_attached(name))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
