"""What leaves the place as files: the tables of a consultation, and the addresses of all that is public."""

from app.exports.queries.addresses import KINDS, PART, PLAIN, Place, parts, places
from app.exports.queries.answered import PASSAGES, TABLES, WHY, Account, account, passages
from app.exports.queries.contract import contract
from app.exports.queries.owed import OWED, owed
from app.exports.queries.tables import CONTRIBUTIONS, PROPOSALS, RESULTS, contributions, proposals, results

__all__ = [
    "CONTRIBUTIONS",
    "KINDS",
    "OWED",
    "PART",
    "PASSAGES",
    "PLAIN",
    "PROPOSALS",
    "RESULTS",
    "TABLES",
    "WHY",
    "Account",
    "Place",
    "account",
    "contract",
    "contributions",
    "owed",
    "parts",
    "passages",
    "places",
    "proposals",
    "results",
]
