"""Writing the feed: new bodies get the event's next revisions, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from shared.feed.announce import announce_after_commit
from shared.feed.models import FeedEntry
from shared.feed.values import Audience, EntryType


@dataclass(frozen=True, slots=True)
class Publication:
    """What one thing looks like from now on: a body per audience, None for an audience that may not see it.

    Where an audience saw it before, None becomes a tombstone; where it never did, nothing is sent.
    """

    type: EntryType
    id: UUID
    public: BaseModel | None
    staff: BaseModel | None


_NEXT_REVISIONS = {
    "public": text(
        "UPDATE events SET revision = revision + :n, changed_at = clock_timestamp() "
        "WHERE id = :event_id RETURNING revision"
    ),
    "staff": text(
        "UPDATE events SET staff_revision = staff_revision + :n, changed_at = clock_timestamp() "
        "WHERE id = :event_id RETURNING staff_revision"
    ),
}

# The public's history is written with its feed, under the same lock: so it is in revision order too.
_UPSERT = text("""
    WITH new AS (
        SELECT * FROM unnest(CAST(:types AS text[]), CAST(:ids AS uuid[]),
                             CAST(:revisions AS bigint[]), CAST(:bodies AS text[]))
                      AS new (type, entity_id, revision, body)
    ),
    remembered AS (
        INSERT INTO feed_history (event_id, revision, type, entity_id, body, changed_at)
        SELECT :event_id, revision, type, entity_id, body, (SELECT clock_timestamp())
        FROM new WHERE :audience = 'public'
    )
    INSERT INTO feed_entries AS entry (event_id, audience, type, entity_id, revision, body)
    SELECT :event_id, :audience, type, entity_id, revision, body FROM new
    ON CONFLICT (event_id, audience, type, entity_id) DO UPDATE
        SET revision = excluded.revision, body = excluded.body
""")

# To follow a common table expression `news(event_id, type, entity_id, public, staff)` of one thing that
# was never shown before; `public` is NULL for what only the staff may see. As for `publish`, the event
# was locked by a statement before, and `announce` must be called after the commit.
PUBLISH_NEW = """
    head AS (
        UPDATE events AS event
        SET revision = event.revision + (news.public IS NOT NULL)::int,
            staff_revision = event.staff_revision + 1, changed_at = clock_timestamp()
        FROM news WHERE event.id = news.event_id
        RETURNING news.*, event.revision, event.staff_revision
    ),
    remembered AS (
        INSERT INTO feed_history (event_id, revision, type, entity_id, body, changed_at)
        SELECT event_id, revision, type, entity_id, public, clock_timestamp()
        FROM head WHERE public IS NOT NULL
    ),
    shown AS (
        INSERT INTO feed_entries (event_id, audience, type, entity_id, revision, body)
        SELECT event_id, 'staff', type, entity_id, staff_revision, staff FROM head
        UNION ALL
        SELECT event_id, 'public', type, entity_id, revision, public
        FROM head WHERE public IS NOT NULL
    )
"""


async def publish(
    session: AsyncSession, event_id: UUID, publications: Sequence[Publication]
) -> None:
    """Publish to both audiences what differs from what they were shown last.

    The caller's transaction holds the event's row lock (`lock_event`) since before it read what it
    publishes. That, and the lock being kept until the commit, is why revisions become visible in
    order and why an older count can never replace a newer one.
    """
    public = {(each.type, each.id): _encode(each.public) for each in publications}
    staff = {(each.type, each.id): _encode(each.staff) for each in publications}
    await _publish_to(session, event_id, "public", public)
    await _publish_to(session, event_id, "staff", staff)


def _encode(body: BaseModel | None) -> str | None:
    return None if body is None else body.model_dump_json()


async def _publish_to(
    session: AsyncSession,
    event_id: UUID,
    audience: Audience,
    bodies: dict[tuple[EntryType, UUID], str | None],
) -> None:
    shown = await session.execute(
        select(FeedEntry.type, FeedEntry.entity_id, FeedEntry.body).where(
            FeedEntry.event_id == event_id,
            FeedEntry.audience == audience,
            tuple_(FeedEntry.type, FeedEntry.entity_id).in_(bodies),
        )
    )
    last = {(kind, entity_id): body for kind, entity_id, body in shown}
    changed = {key: body for key, body in bodies.items() if last.get(key) != body}
    if not changed:
        return
    head = await session.scalar(
        _NEXT_REVISIONS[audience], {"event_id": event_id, "n": len(changed)}
    )
    if head is None:
        return
    announce_after_commit(session, event_id)
    await session.execute(
        _UPSERT,
        {
            "event_id": event_id,
            "audience": audience,
            "types": [kind for kind, _ in changed],
            "ids": [entity_id for _, entity_id in changed],
            "revisions": list(range(head - len(changed) + 1, head + 1)),
            "bodies": list(changed.values()),
        },
    )
