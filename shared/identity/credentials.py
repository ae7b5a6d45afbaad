"""Opaque credentials: random, shown once, stored as a hash."""

import hashlib
import secrets

API_KEY_PREFIX = "ovk_"
MEMBER_TOKEN_PREFIX = "ovm_"  # nosec B105  # public
PARTICIPANT_TOKEN_PREFIX = "ovp_"  # nosec B105  # public

_SECRET_BYTES = 32
_SCHEME_LENGTH = len("bearer ")
_PARTICIPANT_BEARER = f"bearer {PARTICIPANT_TOKEN_PREFIX}".encode()


def new_secret(prefix: str) -> str:
    """Return a new credential with 256 random bits behind `prefix`."""
    return prefix + secrets.token_urlsafe(_SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """Return what is stored: SHA-256, since 256 random bits need no salt and no stretching."""
    return hashlib.sha256(secret.encode()).digest()


def participant_token(authorization: bytes) -> str | None:
    """Return the token in an Authorization header, None when it holds no participant's."""
    if authorization[: len(_PARTICIPANT_BEARER)].lower() != _PARTICIPANT_BEARER:
        return None
    return authorization[_SCHEME_LENGTH:].decode("latin-1")
