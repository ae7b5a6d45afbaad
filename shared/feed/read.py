"""Reading the feed: one statement, one snapshot, the bytes as they were published."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shared.db.paced_flight import PacedFlight
from shared.db.pipeline import read
from shared.errors import NotFound
from shared.feed.cursor import Cursor, parse_cursor
from shared.feed.values import Audience
from shared.latest import Latest

PAGE_CHANGES = 500
PAGE_BYTES = 512_000
# Room for the keys around a page's changes.
_ENVELOPE_BYTES = 256

# The head and the entries come from one snapshot: nothing can fall between them.
_PAGE = """
    SELECT event.feed_epoch,
           CASE WHEN :audience = 'public' THEN event.revision ELSE event.staff_revision END AS head,
           entry.type, entry.entity_id, entry.revision, entry.body
    FROM events AS event
    LEFT JOIN LATERAL (
        SELECT type, entity_id, revision, body FROM feed_entries
        WHERE event_id = event.id AND audience = :audience AND revision > :since
              AND (body IS NOT NULL OR :since > 0)
        ORDER BY revision
        LIMIT :limit
    ) AS entry ON true
    WHERE event.id = :event_id
    ORDER BY entry.revision
"""


class _Row(NamedTuple):
    """An entry, and of which feed; of an empty feed one row without an entry."""

    feed_epoch: int
    head: int
    type: str
    entity_id: UUID
    revision: int | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the feed: `changes` are encoded JSON objects, in revision order."""

    cursor: Cursor
    head: int
    reset: bool
    more: bool
    changes: tuple[str, ...]

    def encode(self, poll_after_ms: int) -> bytes:
        """Return the response body of get_changes."""
        return (
            f'{{"cursor":"{self.cursor}","reset":{_json(self.reset)},"more":{_json(self.more)},'
            f'"poll_after_ms":{poll_after_ms},"changes":[{",".join(self.changes)}]}}'
        ).encode()


# What this process last read of each feed, epoch and head: nearly every cursor is one that it gave.
_seen: Latest[tuple[UUID, Audience], tuple[int, int]] = Latest()
# How often cursors that this process does not know make it look, whoever makes them up.
_STRANGERS_S = 0.1


async def read_page(event_id: UUID, audience: Audience, since: str | None) -> Page:
    """Return what follows `since`: a delta, or a snapshot when the cursor is none of this feed's.

    A cursor ahead of what this process has seen is another process's, or made up. For all of those
    together the feed is read ten times a second, so that made-up ones cost no more than one does.
    Raise `NotFound` when there is no such event.
    """
    cursor = parse_cursor(since, audience)
    if cursor is not None and _is_strange(cursor, _seen.get((event_id, audience))):
        page = await _snapshots.find((event_id, audience))
        if _is_strange(cursor, (page.cursor.epoch, page.head)):
            return page
    return await _read(event_id, audience, cursor)


def _is_strange(cursor: Cursor, seen: tuple[int, int] | None) -> bool:
    return seen is not None and (cursor.epoch != seen[0] or cursor.revision > seen[1])


async def _read_snapshot(feed: tuple[UUID, Audience]) -> Page:
    return await _read(*feed, None)


_snapshots = PacedFlight(_read_snapshot, interval_s=_STRANGERS_S)


async def _read(event_id: UUID, audience: Audience, cursor: Cursor | None) -> Page:
    rows = await _rows(event_id, audience, cursor.revision if cursor else 0)
    epoch, head = rows[0].feed_epoch, rows[0].head
    if cursor is not None and _is_strange(cursor, (epoch, head)):
        cursor = None
        rows = await _rows(event_id, audience, 0)
        epoch, head = rows[0].feed_epoch, rows[0].head
    _seen[event_id, audience] = epoch, head
    changes, last, more = _cut(rows)
    reached = last if more else head
    return Page(
        cursor=Cursor(epoch=epoch, audience=audience, revision=reached),
        head=head,
        reset=cursor is None,
        more=more,
        changes=changes,
    )


async def _rows(event_id: UUID, audience: Audience, since: int) -> list[_Row]:
    rows = await read(
        _PAGE,
        {"event_id": event_id, "audience": audience, "since": since, "limit": PAGE_CHANGES + 1},
    )
    if not rows:
        raise NotFound("There is no such event.")
    return [_Row(*row) for row in rows]


def _cut(rows: list[_Row]) -> tuple[tuple[str, ...], int, bool]:
    """Return as many changes as a page holds, the last one's revision, and whether some are left."""
    changes: list[str] = []
    size = _ENVELOPE_BYTES
    last = 0
    for row in rows:
        if row.revision is None:
            break
        change = (
            f'{{"type":"{row.type}","id":"{row.entity_id}","revision":{row.revision},'
            f'"data":{row.body or "null"}}}'
        )
        size += len(change.encode()) + 1
        if len(changes) == PAGE_CHANGES or (changes and size > PAGE_BYTES):
            return tuple(changes), last, True
        changes.append(change)
        last = row.revision
    return tuple(changes), last, False


def _json(value: bool) -> str:
    return "true" if value else "false"
