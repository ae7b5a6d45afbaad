"""The event itself, in an export."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from uuid import UUID

from shared.db.engines import AsyncReadSession
from shared.events.queries import find_event
from shared.events.schemas import StaffEvent, staff_event
from shared.sections.section import Cell, Section


async def _read(session: AsyncReadSession, event_id: UUID) -> AsyncIterator[Sequence[StaffEvent]]:
    yield [staff_event(await find_event(session, event_id))]


def _object(event: StaffEvent) -> Mapping[str, object]:
    return event.model_dump()


def _rows(event: StaffEvent) -> Iterable[Sequence[Cell]]:
    yield [
        event.id,
        event.join_code,
        event.title,
        event.status,
        event.starts_at,
        event.ends_at,
        event.settings.model_dump_json(),
        event.created_at,
    ]


_COLUMNS = (
    *("id", "join_code", "title", "status", "starts_at", "ends_at", "settings", "created_at"),
)
SECTIONS = (Section("event", _COLUMNS, _read, _object, _rows),)
