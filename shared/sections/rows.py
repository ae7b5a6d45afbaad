"""Reading a section's rows: from one snapshot, a batch at a time, through a cursor of the database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause

from shared.db.engines import AsyncReadSession
from shared.sections.section import BATCH_ROWS, Section

AnyRow = Row[tuple[Any, ...]]


async def read_rows(
    session: AsyncReadSession, statement: TextClause, parameters: Mapping[str, object]
) -> AsyncIterator[Sequence[AnyRow]]:
    """Yield the statement's rows in batches; no more than one of them is in memory."""
    # The size stands here: SQLAlchemy heeds no `yield_per` of a text, and would read all at once.
    result = await session.stream(statement, dict(parameters))
    async for batch in result.partitions(BATCH_ROWS):
        yield batch


def rows_section(name: str, statement: TextClause, columns: Sequence[str]) -> Section[AnyRow]:
    """Return the section of what a statement selects of `:event_id`, in an order that it gives.

    A thing's object has a member for each of its columns, in the order of `columns`.
    """

    def read(session: AsyncReadSession, event_id: UUID) -> AsyncIterator[Sequence[AnyRow]]:
        return read_rows(session, statement, {"event_id": event_id})

    return Section(
        name=name,
        columns=columns,
        read=read,
        as_object=lambda row: {column: getattr(row, column) for column in columns},
        as_rows=lambda row: [[getattr(row, column) for column in columns]],
    )
