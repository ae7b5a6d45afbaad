"""The history of a public feed: every change in revision order, where the feed keeps the last of each thing.

A line of a history is a JSON object: first the head, then the changes, then the feed as it is now
for whoever checks what the changes add up to, and an end, without which the history was cut off.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import pydantic_core
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engines import AsyncReadSession
from shared.feed.values import EntryType
from shared.sections.rows import AnyRow, read_rows

_HEAD = text("SELECT revision FROM events WHERE id = :event_id")
_CHANGES = text("""
    SELECT revision, changed_at, type, entity_id, body, erased FROM feed_history
    WHERE event_id = :event_id ORDER BY revision
""")
_SHOWN = text("""
    SELECT revision, type, entity_id, body FROM feed_entries
    WHERE event_id = :event_id AND audience = 'public' AND body IS NOT NULL ORDER BY revision
""")
# What is shown now stays: it was published without what is erased.
_ERASE = text("""
    UPDATE feed_history AS change SET body = NULL, erased = true
    FROM unnest(CAST(:types AS text[]), CAST(:ids AS uuid[])) AS thing (type, entity_id)
         JOIN feed_entries AS shown
              ON shown.event_id = :event_id AND shown.audience = 'public'
                 AND shown.type = thing.type AND shown.entity_id = thing.entity_id
    WHERE change.event_id = :event_id AND change.type = thing.type
          AND change.entity_id = thing.entity_id AND change.revision < shown.revision
          AND change.body IS NOT NULL
""")


async def erase_history(
    session: AsyncSession, event_id: UUID, things: Sequence[tuple[EntryType, UUID]]
) -> None:
    """Blank what the history holds of these things but for what is shown now; that they changed stays.

    Call it when they are published without what must not be kept, with the event locked.
    """
    parameters = {"types": [kind for kind, _ in things], "ids": [id for _, id in things]}
    await session.execute(_ERASE, {"event_id": event_id, **parameters})


async def read_history(session: AsyncReadSession, event_id: UUID) -> AsyncGenerator[bytes, None]:
    """Yield the lines of the event's history, many at once; the session must see one moment."""
    head = await session.scalar(_HEAD, {"event_id": event_id})
    yield _line(event_id=event_id, revision=head, read_at=datetime.now(UTC))
    changes = 0
    async for rows in read_rows(session, _CHANGES, {"event_id": event_id}):
        changes += len(rows)
        yield "".join(map(_change, rows)).encode()
    async for rows in read_rows(session, _SHOWN, {"event_id": event_id}):
        yield "".join(f'{{"shown":{_thing(row)}}}\n' for row in rows).encode()
    yield _line(complete=True, changes=changes)


def _line(**members: object) -> bytes:
    return pydantic_core.to_json(members) + b"\n"


def _change(row: AnyRow) -> str:
    at = pydantic_core.to_json(row.changed_at).decode()
    erased = ',"erased":true' if row.erased else ""
    return f'{{"at":{at}{erased},"change":{_thing(row)}}}\n'


def _thing(row: AnyRow) -> str:
    # The body as it was sent, byte for byte.
    return (
        f'{{"type":"{row.type}","id":"{row.entity_id}","revision":{row.revision},'
        f'"data":{row.body or "null"}}}'
    )
