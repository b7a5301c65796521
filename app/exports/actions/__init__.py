"""Writing files for everyone, and taking in the files of other platforms."""

from app.exports.actions.files import NoConsultation, write_files
from app.exports.actions.importing import CannotImport, Made, Outcome, import_csv

__all__ = ["CannotImport", "Made", "NoConsultation", "Outcome", "import_csv", "write_files"]
