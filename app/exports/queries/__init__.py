"""What leaves the place as files: the tables of a consultation, and the addresses of all that is public."""

from app.exports.queries.addresses import KINDS, PART, PLAIN, Place, parts, places
from app.exports.queries.tables import PROPOSALS, RESULTS, proposals, results

__all__ = ["KINDS", "PART", "PLAIN", "PROPOSALS", "RESULTS", "Place", "parts", "places", "proposals", "results"]
