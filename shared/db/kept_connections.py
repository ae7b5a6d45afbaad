"""Connections that stay out of the pool for a moment: taking one from it costs as much as a batch of votes.

The pool asks each connection whether it is alive, and SQLAlchemy wraps it; both are worth their time once
in a while, not before every batch.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from psycopg import pq
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.db.drivers_errors import drivers_errors


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    pooled: AsyncConnection
    driver: psycopg.AsyncConnection
    taken_at: float

    def is_sound(self) -> bool:
        """Whether it can serve on: nothing is under way on it, and it is not broken."""
        return self.driver.pgconn.transaction_status == pq.TransactionStatus.IDLE


class KeptConnections:
    """Driver connections of an engine in autocommit mode, each given back after `keep_s` seconds at most.

    Until then one that is free serves whoever comes next. With `keep_s` zero none is kept.
    """

    def __init__(self, engine: AsyncEngine, *, keep_s: float) -> None:
        self._engine = engine
        self._keep_s = keep_s
        self._free: list[_Kept] = []
        self._giving_back: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Yield a connection that nobody else uses; one left broken or amid something is thrown away."""
        kept = self._free.pop() if self._free else await self._take()
        try:
            yield kept.driver
        finally:
            if kept.is_sound() and not self._is_due(kept):
                self._keep(kept)
            else:
                await _give_back(kept)

    async def close(self) -> None:
        """Give back all that are free."""
        if self._giving_back is not None:
            self._giving_back.cancel()
        while self._free:
            await _give_back(self._free.pop())

    async def _take(self) -> _Kept:
        taken_at = time.monotonic()
        with drivers_errors():
            pooled = await self._engine.connect()
            driver = (await pooled.get_raw_connection()).driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        return _Kept(pooled, driver, taken_at)

    def _keep(self, kept: _Kept) -> None:
        self._free.append(kept)
        if self._giving_back is None or self._giving_back.done():
            self._giving_back = asyncio.create_task(self._give_back_when_due())

    def _is_due(self, kept: _Kept) -> bool:
        return time.monotonic() - kept.taken_at >= self._keep_s

    async def _give_back_when_due(self) -> None:
        while self._free:
            await asyncio.sleep(self._keep_s)
            for kept in [each for each in self._free if self._is_due(each)]:
                # Another may have taken it while this waited for the one before.
                if kept in self._free:
                    self._free.remove(kept)
                    await _give_back(kept)


async def _give_back(kept: _Kept) -> None:
    if not kept.is_sound():
        await kept.pooled.invalidate()
    await kept.pooled.close()
