"""How a voter is known inside one consultation without being known anywhere else.

Source: PUBLIC_LOG, "Receipts and privacy"; ARCHITECTURE section 9. HMAC: RFC 2104, base32: RFC 4648.
"""

import base64
import hashlib
import hmac

KEY_BYTES = 32
"""The fewest bytes of the master key; the consultation key has exactly as many."""

SALT_BYTES = 16
"""The fewest bytes of a consultation's salt."""

PID_CHARACTERS = 26
"""A pseudonym carries 130 of the 256 bits: no two of any number of people meet by chance."""


def consultation_key(master: bytes, salt: bytes) -> bytes:
    """Derive the key of one consultation: HMAC-SHA-256(master, salt), 32 bytes.

    `master` is the installation's key, kept outside the database; `salt` is the random row of the
    consultation. Once the salt is destroyed nobody, the operator included, can link a person to a ballot.
    Raises ValueError for a master key under 32 bytes or a salt under 16.
    """
    if len(master) < KEY_BYTES:
        raise ValueError(f"the master key has at least {KEY_BYTES} bytes")
    if len(salt) < SALT_BYTES:
        raise ValueError(f"a consultation's salt has at least {SALT_BYTES} bytes")
    return hmac.digest(master, salt, hashlib.sha256)


def pid(key: bytes, participant: int | str) -> str:
    """Name a participant inside one consultation: 26 lower-case base32 characters of HMAC-SHA-256.

    A number and the text that spells it name the same participant. The pseudonym goes into the ballot table
    and never into the public log or a published ballot. Raises ValueError for a key that is not 32 bytes or a
    participant without a name.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a consultation's key has {KEY_BYTES} bytes, not {len(key)}")
    name = str(participant)
    if not name:
        raise ValueError("a participant has a name or number")
    mac = hmac.digest(key, name.encode("utf-8"), hashlib.sha256)
    return base64.b32encode(mac).decode("ascii").lower()[:PID_CHARACTERS]
