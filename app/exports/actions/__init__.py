"""Taking in the files of other platforms."""

from app.exports.actions.importing import CannotImport, Made, Outcome, import_csv

__all__ = ["CannotImport", "Made", "Outcome", "import_csv"]
