"""An organizer makes an event: a draft with a join code, which nobody can join yet."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.events.queries import insert_event
from shared.events.schemas import CreateEvent, EventDetails, event_details
from shared.http.endpoint import AUTHENTICATED, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.access import organizer_access
from shared.http.sessions import WriteSession
from shared.identity.principals import OrganizerPrincipal

router = endpoint_router("events")


@router.post(
    "/v1/events",
    status_code=201,
    response_model=EventDetails,
    summary="Make an event",
    responses=problems(*AUTHENTICATED, *WITH_BODY, *REUSED_KEY),
)
async def create_event(
    organizer: Annotated[OrganizerPrincipal, Depends(organizer_access("create_event"))],
    request: CreateEvent,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Make a draft event with a join code. Participants can join once it is `live`."""

    async def create() -> EventDetails:
        event = await insert_event(session, organizer_id=organizer.organizer_id, request=request)
        return event_details(event)

    return await once(session, organizer, request, create)
