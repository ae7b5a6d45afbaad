"""SQL on announcements."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.announcements.models import Announcement
from shared.announcements.schemas import AnnouncementDetails, CreateAnnouncement
from shared.errors import NotFound
from shared.feed.history import erase_history
from shared.feed.publish import Publication, publish
from shared.identifiers import new_id


async def insert_announcement(
    session: AsyncSession, event_id: UUID, request: CreateAnnouncement
) -> AnnouncementDetails:
    """Add an announcement and publish it to everyone; the event must be locked."""
    announcement = Announcement(id=new_id(), event_id=event_id, **request.model_dump())
    session.add(announcement)
    await session.flush()
    await session.refresh(announcement)
    details = AnnouncementDetails.model_validate(announcement, from_attributes=True)
    entry = Publication("announcement", details.id, public=details, staff=details)
    await publish(session, event_id, [entry])
    return details


async def delete_announcement(
    session: AsyncSession, *, event_id: UUID, announcement_id: UUID
) -> None:
    """Delete the announcement and publish that it is gone; raise `NotFound` when there is none.

    The event must be locked.
    """
    removed = await session.scalar(
        delete(Announcement)
        .where(Announcement.id == announcement_id, Announcement.event_id == event_id)
        .returning(Announcement.id)
    )
    if removed is None:
        raise NotFound("There is no such announcement.")
    await _publish_gone(session, event_id, [removed])
    await erase_history(session, event_id, [("announcement", removed)])


async def publish_expired(session: AsyncSession, event_id: UUID) -> None:
    """Take what has expired out of the feed (the tick)."""
    expired = await session.scalars(
        update(Announcement)
        .where(
            Announcement.event_id == event_id,
            Announcement.shown,
            Announcement.expires_at <= func.clock_timestamp(),
        )
        .values(shown=False)
        .returning(Announcement.id)
        .execution_options(synchronize_session=False)
    )
    await _publish_gone(session, event_id, list(expired))


async def _publish_gone(session: AsyncSession, event_id: UUID, ids: Sequence[UUID]) -> None:
    gone = [Publication("announcement", each, public=None, staff=None) for each in ids]
    await publish(session, event_id, gone)
