"""The one connection of a Lambda container, which serves one request at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import pq

from shared.db.connecting import NoConnection, connect, for_batches
from shared.settings import Settings

_WAIT_S = 5.0


class LoneConnection:
    """A connection that is opened at its first use, and again when it is found broken."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: psycopg.AsyncConnection | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Yield it alive and in autocommit mode; one left broken or amid something is thrown away."""
        try:
            await asyncio.wait_for(self._turn.acquire(), _WAIT_S)
        except TimeoutError:
            raise NoConnection("the connection is in use") from None
        try:
            connection = await self._living()
            await connection.set_autocommit(True)
            yield connection
        finally:
            try:
                await self._put_back()
            finally:
                self._turn.release()

    async def lend(self) -> psycopg.AsyncConnection:
        """Return it for a session, which is done with it before anybody else asks for it."""
        return await self._living()

    async def close(self) -> None:
        """Close it, if it is open."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _living(self) -> psycopg.AsyncConnection:
        # A container sleeps between two requests, for minutes maybe: the other end may be gone.
        if self._connection is None or not await _answers(self._connection):
            await self.close()
            self._connection = await connect(self._settings, for_batches(self._settings))
        return self._connection

    async def _put_back(self) -> None:
        if self._connection is None:
            return
        if self._connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
            # As a session expects to find it.
            await self._connection.set_autocommit(False)
        else:
            await self.close()


async def _answers(connection: psycopg.AsyncConnection) -> bool:
    try:
        await connection.set_autocommit(True)
        await connection.execute("SELECT 1")
        await connection.set_autocommit(False)
    except psycopg.OperationalError:
        return False
    return True
