"""Writing the feed: new bodies get the event's next revisions, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.after_commit import after_commit
from shared.feed.announce import announce
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


def announce_after_commit(session: AsyncSession, event_id: UUID) -> None:
    """Tell the listeners when the session's transaction is committed; say nothing if it never is."""
    after_commit(session, lambda: announce(event_id))
