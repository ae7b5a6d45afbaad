"""Advisory locks, keyed by what they guard and which row it is.

A gate is one that many writers share, and that whoever ends their writing has alone.
"""

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.pipeline import Statement, array_literal

# In a statement of its own, before what is written: the next statement's snapshot is taken when the
# gates are passed, so it sees what was changed behind a shut one that this one waited for.
_PASS_GATES = text(
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
    return _PASS_GATES, {"keys": array_literal(sorted(set(keys)))}


async def shut_gates(session: AsyncSession, keys: Iterable[int]) -> None:
    """Wait until everyone who passed the gates has committed, and let nobody pass before the commit."""
    for key in sorted(set(keys)):
        await session.execute(select(func.pg_advisory_xact_lock(key)))


async def try_turn(session: AsyncSession, guards: str, row: UUID) -> bool:
    """Tell whether nobody else is at `guards` for this row; nobody else will be before the commit.

    A pair of 32-bit keys: PostgreSQL keeps those apart from the gates' single ones, so that a turn
    can never hold what a gate waits for. Two rows that collide take turns, which costs a delay.
    """
    digest = blake2b(row.bytes, digest_size=8, person=guards.encode()).digest()
    halves = [int.from_bytes(half, signed=True) for half in (digest[:4], digest[4:])]
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(*halves))))
