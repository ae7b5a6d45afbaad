"""A section: one list of an event's things, as an object each and as rows of a table."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from shared.db.engines import AsyncReadSession

Thing = TypeVar("Thing")
Cell = str | int | float | bool | datetime | UUID | None

# Rows that are read, encoded and sent at once: all that an export holds in memory.
BATCH_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Section(Generic[Thing]):
    """One list of an export. `read` yields the event's things in batches, in a fixed order."""

    name: str
    columns: Sequence[str]
    read: Callable[[AsyncReadSession, UUID], AsyncIterator[Sequence[Thing]]]
    as_object: Callable[[Thing], Mapping[str, object]]
    # Any number of rows for one thing, of a cell for each column.
    as_rows: Callable[[Thing], Iterable[Sequence[Cell]]]
