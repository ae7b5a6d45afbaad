"""Identifiers: UUIDv7, so that rows made together lie together in an index."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

# Without the look-alikes 0 O 1 I L, so that a code can be read from a stage.
JOIN_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
JOIN_CODE_LENGTH = 6


def new_id() -> UUID:
    """Return a new time-ordered UUIDv7."""
    return uuid_utils.compat.uuid7()


def made_at(id: UUID) -> datetime | None:
    """Return when `new_id` made it, to the millisecond; None for one of another kind."""
    if id.version != 7:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=id.int >> 80)


def new_join_code() -> str:
    """Return a random join code: one of 31^6, about 887 million."""
    return "".join(secrets.choice(JOIN_CODE_ALPHABET) for _ in range(JOIN_CODE_LENGTH))
