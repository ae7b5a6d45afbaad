"""A host or moderator tells everyone something, for good or until a given time."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.announcements.queries import insert_announcement
from shared.announcements.rules import check_expiry
from shared.announcements.schemas import AnnouncementDetails, CreateAnnouncement
from shared.events.queries import lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession

router = endpoint_router("announcements")


@router.post(
    "/v1/events/{event_id}/announcements",
    status_code=201,
    response_model=AnnouncementDetails,
    summary="Announce something",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, *REUSED_KEY),
)
async def create_announcement(
    access: Annotated[EventAccess, Depends(event_access("create_announcement"))],
    request: CreateAnnouncement,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Publish an announcement to everyone at once. One that expires leaves the feed by itself."""

    async def create() -> AnnouncementDetails:
        await lock_event(session, access.event_id)
        check_expiry(request.expires_at, now=datetime.now(UTC))
        return await insert_announcement(session, access.event_id, request)

    return await once(session, access.principal, request, create)
