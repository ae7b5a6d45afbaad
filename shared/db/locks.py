"""Advisory locks that a session takes, keyed by what they guard and which row it is."""

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


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
