"""Transactions held open, so that a test decides what happens between two of their statements."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from tests.support.api import Participant


@asynccontextmanager
async def held(sql: str, **parameters: object) -> AsyncIterator[None]:
    """Hold what `sql` locks within the context; nothing of it stays."""
    from shared.db.engines import get_database

    async with get_database().write.connect() as connection:
        await connection.execute(text(sql), parameters)
        yield
        await connection.rollback()


@asynccontextmanager
async def held_newcomer(participant: Participant, event_id: str) -> AsyncIterator[None]:
    """Keep who writes for the first time waiting: after its gate is passed, before its row is written."""
    sql = "INSERT INTO participants (id, event_id) VALUES (:id, :event_id)"
    async with held(sql, id=participant.id, event_id=event_id):
        yield
