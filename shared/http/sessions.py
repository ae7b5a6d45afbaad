"""Dependencies that give a handler its database session: one transaction per request."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engines import AsyncReadSession, read_session, snapshot_session, write_session


async def _reading() -> AsyncIterator[AsyncReadSession]:
    async with read_session() as session:
        yield session


async def _reading_one_moment() -> AsyncIterator[AsyncReadSession]:
    async with snapshot_session() as session:
        yield session


async def _writing() -> AsyncIterator[AsyncSession]:
    async with write_session() as session:
        yield session


# scope="function": the commit comes before the response. With FastAPI's default it would come
# after, and a 2xx would not mean that anything is committed.
ReadSession = Annotated[AsyncReadSession, Depends(_reading, scope="function")]
# For what must not mix two moments, such as a poll's state and its counts.
SnapshotSession = Annotated[AsyncReadSession, Depends(_reading_one_moment, scope="function")]
WriteSession = Annotated[AsyncSession, Depends(_writing, scope="function")]
