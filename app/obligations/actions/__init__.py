"""What makes an answer owed, and what its office may do until it comes."""

from app.obligations.actions.arising import Owed, arise, arise_some

__all__ = ["Owed", "arise", "arise_some"]
