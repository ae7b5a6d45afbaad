"""The one connection of a Lambda container: when it is opened again, and that sessions share it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import lone_connection
from shared.db.connecting import NoConnection
from shared.db.engines import Database
from shared.db.lone_connection import LoneConnection
from shared.settings import Settings
from tests.support.databases import run_sql


@asynccontextmanager
async def lone_in(database_url: str) -> AsyncIterator[LoneConnection]:
    lone = LoneConnection(Settings(database_url=database_url))
    try:
        yield lone
    finally:
        await lone.close()


async def _backend(lone: LoneConnection) -> int:
    async with lone.connection() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
    assert row is not None
    return int(row[0])


async def test_it_stays_open_from_one_request_to_the_next(database_url: str) -> None:
    async with lone_in(database_url) as lone:
        assert await _backend(lone) == await _backend(lone)


async def test_one_that_ended_while_the_container_slept_is_opened_again(database_url: str) -> None:
    async with lone_in(database_url) as lone:
        first = await _backend(lone)
        run_sql(database_url, f"SELECT pg_terminate_backend({first}, 5000)")
        assert await _backend(lone) != first


@pytest.mark.parametrize("left", ["amid a transaction", "broken"])
async def test_what_is_left_unfit_is_thrown_away(database_url: str, left: str) -> None:
    async with lone_in(database_url) as lone:
        async with lone.connection() as unfit:
            if left == "broken":
                with pytest.raises(psycopg.OperationalError):
                    await unfit.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            else:
                await unfit.execute("BEGIN")
        assert unfit.closed
        assert await _backend(lone)


async def test_who_would_wait_for_it_too_long_is_refused(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lone_connection, "_WAIT_S", 0.05)
    async with lone_in(database_url) as lone:
        async with lone.connection():
            with pytest.raises(NoConnection):
                await _backend(lone)
        assert await _backend(lone)


async def test_a_database_that_is_away_gives_no_connection() -> None:
    async with lone_in("postgresql://nobody@127.0.0.1:1/nothing") as lone:
        with pytest.raises(NoConnection):
            await _backend(lone)


async def test_sessions_share_it_and_leave_it_as_they_found_it(database_url: str) -> None:
    async with lone_in(database_url) as lone:
        database = Database(Settings(database_url=database_url), lone=lone)
        backends = {await _backend(lone)}
        for engine in (database.write, database.read, database.snapshot, database.write):
            async with AsyncSession(engine) as session, session.begin():
                backends.add(int(await session.scalar(text("SELECT pg_backend_pid()")) or 0))
            backends.add(await _backend(lone))
        assert len(backends) == 1
        [backend] = backends
        run_sql(database_url, f"SELECT pg_terminate_backend({backend}, 5000)")
        async with AsyncSession(database.write) as session:
            again = await session.scalar(text("SELECT pg_backend_pid()"))
        assert again == await _backend(lone) != backend
        await database.close()
