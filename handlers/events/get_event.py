"""An organizer or host reads one event."""

from typing import Annotated

from fastapi import Depends

from shared.events.queries import find_event
from shared.events.schemas import EventDetails, event_details
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import ReadSession

router = endpoint_router("events")


@router.get(
    "/v1/events/{event_id}",
    summary="Read an event",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def get_event(
    access: Annotated[EventAccess, Depends(event_access("get_event"))], session: ReadSession
) -> EventDetails:
    """Return the event with its settings."""
    return event_details(await find_event(session, access.event_id))
