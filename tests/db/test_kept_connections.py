"""Connections that stay out of the pool for a moment: whose, how long, and what becomes of broken ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy.pool import QueuePool

from shared.db.engines import Database, get_database
from shared.db.kept_connections import KeptConnections

pytestmark = pytest.mark.usefixtures("organizer_key")

KEEP_S = 0.05


@asynccontextmanager
async def keeping(keep_s: float) -> AsyncIterator[KeptConnections]:
    """Yield kept connections of the application's own pool, and give them back."""
    # What the application keeps of the tests before counts as lent.
    await get_database().flights.close()
    engine = get_database().write.execution_options(isolation_level="AUTOCOMMIT")
    kept = KeptConnections(engine, keep_s=keep_s)
    try:
        yield kept
    finally:
        await kept.close()


def lent(database: Database) -> int:
    """Return how many connections are out of the pool."""
    pool = database.write.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


async def test_whoever_comes_soon_gets_the_same_connection_and_others_their_own() -> None:
    async with keeping(10) as kept:
        async with kept.connection() as first, kept.connection() as second:
            assert first is not second
        async with kept.connection() as third:
            assert third in (first, second)
        assert lent(get_database()) == 2


@pytest.mark.parametrize("keep_s", [0, KEEP_S])
async def test_it_is_back_in_the_pool_soon_though_nobody_comes(keep_s: float) -> None:
    async with keeping(keep_s) as kept:
        async with kept.connection():
            assert lent(get_database()) == 1
        if keep_s:
            assert lent(get_database()) == 1
            await asyncio.sleep(4 * KEEP_S)
        assert lent(get_database()) == 0


async def test_one_that_is_in_use_all_the_time_is_given_back_when_it_is_due() -> None:
    async with keeping(KEEP_S) as kept:
        deadline = asyncio.get_running_loop().time() + 1
        while lent(get_database()) or asyncio.get_running_loop().time() < deadline - 0.9:
            assert asyncio.get_running_loop().time() < deadline
            async with kept.connection():
                await asyncio.sleep(0)


@pytest.mark.parametrize("left", ["amid a transaction", "broken"])
async def test_what_is_left_unfit_is_thrown_away(left: str) -> None:
    async with keeping(10) as kept:
        async with kept.connection() as unfit:
            if left == "broken":
                with pytest.raises(psycopg.OperationalError):
                    await unfit.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            else:
                await unfit.execute("BEGIN")
        async with kept.connection() as fresh:
            assert fresh is not unfit
            assert await (await fresh.execute("SELECT 1")).fetchone() == (1,)
    assert unfit.closed
