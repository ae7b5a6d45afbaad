"""Transactions that may take long, since there is so much to delete."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

# Deleting an event of a million votes by a hundred thousand people took 8 s.
STATEMENT_TIMEOUT_MS = 120_000


async def allow_long_statements(session: AsyncSession) -> None:
    """Let the session's statements take minutes, until its transaction ends."""
    timeout = str(STATEMENT_TIMEOUT_MS)
    await session.execute(select(func.set_config("statement_timeout", timeout, True)))
