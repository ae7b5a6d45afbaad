"""Gates: advisory locks that many writers share, and that whoever ends their writing has alone."""

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

from shared.db.pipeline import Statement, array_literal

# In a statement of its own, before what is written: the next statement's snapshot is taken when the
# gates are passed, so it sees what was changed behind a shut one that this one waited for.
_SHARE_GATES = (
    "SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest(CAST(:keys AS bigint[])) AS key"
)


def advisory_key(guards: str, row: UUID) -> int:
    """Return the signed 64-bit key of PostgreSQL's advisory lock on `row` for the use `guards`.

    Two gates never share a key but by a 64-bit collision, which costs a wait and no more.
    """
    digest = blake2b(row.bytes, digest_size=8, person=guards.encode())
    return int.from_bytes(digest.digest(), signed=True, byteorder="big")


def pass_gates(keys: Iterable[int]) -> Statement:
    """Return the statement that waits for whoever has shut one of the gates, and keeps them all open.

    In key order, as they are shut: so two that need several of them cannot deadlock.
    """
    return _SHARE_GATES, {"keys": array_literal(sorted(set(keys)))}
