"""Reading for minutes: a snapshot on a connection of its own, and only so many of them at once."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.drivers_errors import drivers_errors
from shared.db.engines import AsyncReadSession, get_database
from shared.errors import Unavailable
from shared.settings import get_settings

_RETRY_AFTER_S = 10

_taken = 0


@contextmanager
def long_read_place() -> Iterator[None]:
    """Take one of the places that a process has for long reads; raise `Unavailable` when none is free."""
    global _taken
    if _taken >= get_settings().exports_at_once:
        detail = "Other exports are under way; try again."
        raise Unavailable(detail, retry_after_s=_RETRY_AFTER_S)
    _taken += 1
    try:
        yield
    finally:
        _taken -= 1


@asynccontextmanager
async def long_read_session() -> AsyncIterator[AsyncReadSession]:
    """Yield a snapshot for as long as an export may take, on a connection that is no pool's."""
    with drivers_errors():
        async with AsyncSession(get_database().long_snapshot, autoflush=False) as session:
            yield AsyncReadSession(session)
