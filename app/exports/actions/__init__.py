"""Taking in what was made elsewhere: contributions of other platforms, and codings."""

from app.exports.actions.coding import Coded, import_codings
from app.exports.actions.importing import CannotImport, Made, Outcome, import_csv

__all__ = ["CannotImport", "Coded", "Made", "Outcome", "import_codings", "import_csv"]
