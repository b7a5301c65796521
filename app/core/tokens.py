"""Random tokens for cookies and links: the visitor holds the token, the database only its digest."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits as text that fits a cookie and an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
