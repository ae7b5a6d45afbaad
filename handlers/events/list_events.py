"""An organizer lists its events; a host gets the one of its token."""

from fastapi import Depends
from typing import Annotated

from shared.events.queries import find_event, list_organizer_events
from shared.events.schemas import EventPage, event_details
from shared.http.access import permitted
from shared.http.endpoint import AUTHENTICATED, endpoint_router, problems
from shared.http.paging import Limit, PageCursor, cut_page, parse_page_cursor
from shared.http.sessions import ReadSession
from shared.identity.principals import OrganizerPrincipal, Principal

router = endpoint_router("events")


@router.get("/v1/events", summary="List events", responses=problems(*AUTHENTICATED))
async def list_events(
    principal: Annotated[Principal, Depends(permitted("list_events"))],
    session: ReadSession,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> EventPage:
    """List the organizer's events, newest first. A host's token lists its one event."""
    before = parse_page_cursor(cursor)
    if not isinstance(principal, OrganizerPrincipal):
        own = await find_event(session, principal.event_id)
        return EventPage(events=[event_details(own)], cursor=None)
    events = await list_organizer_events(
        session, organizer_id=principal.organizer_id, before=before, limit=limit + 1
    )
    page, following = cut_page(events, limit)
    return EventPage(events=[event_details(event) for event in page], cursor=following)
