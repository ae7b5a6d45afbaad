"""Opaque credentials: random, shown once, stored as a hash."""

import hashlib
import secrets

API_KEY_PREFIX = "ovk_"
MEMBER_TOKEN_PREFIX = "ovm_"  # nosec B105  # public
PARTICIPANT_TOKEN_PREFIX = "ovp_"  # nosec B105  # public

_SECRET_BYTES = 32


def new_secret(prefix: str) -> str:
    """Return a new credential with 256 random bits behind `prefix`."""
    return prefix + secrets.token_urlsafe(_SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """Return what is stored: SHA-256, since 256 random bits need no salt and no stretching."""
    return hashlib.sha256(secret.encode()).digest()
