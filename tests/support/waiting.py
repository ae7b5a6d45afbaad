"""Waiting for a condition instead of for a time."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.tables import query


async def until(condition: Callable[[], Awaitable[bool]], *, timeout_s: float = 20) -> None:
    """Return when the condition holds; raise `TimeoutError` when it does not in time."""
    async with asyncio.timeout(timeout_s):
        while not await condition():
            await asyncio.sleep(0.01)


async def until_waiting(kind: str, *, count: int = 1) -> None:
    """Return when so many backends wait for a lock of this kind, such as advisory or transactionid."""

    async def waiting() -> bool:
        [(found,)] = await query(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND wait_event = :kind",
            kind=kind,
        )
        return bool(found >= count)

    await until(waiting)
