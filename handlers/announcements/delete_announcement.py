"""A host or moderator takes an announcement back."""

from typing import Annotated

from fastapi import Depends

from shared.announcements.queries import delete_announcement as delete
from shared.events.queries import lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import AnnouncementId

router = endpoint_router("announcements")


@router.delete(
    "/v1/events/{event_id}/announcements/{announcement_id}",
    status_code=204,
    summary="Take an announcement back",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def delete_announcement(
    access: Annotated[EventAccess, Depends(event_access("delete_announcement"))],
    announcement_id: AnnouncementId,
    session: WriteSession,
) -> None:
    """Delete the announcement, also one that has expired."""
    await lock_event(session, access.event_id)
    await delete(session, event_id=access.event_id, announcement_id=announcement_id)
