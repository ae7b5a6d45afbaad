"""A host or moderator makes a poll: a draft that only the staff sees."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.errors import InvalidRequest
from shared.events.queries import lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession
from shared.polls.kinds import KINDS
from shared.polls.queries import insert_poll
from shared.polls.schemas import CreatePoll, PollDetails, poll_details

router = endpoint_router("polls")


@router.post(
    "/v1/events/{event_id}/polls",
    status_code=201,
    response_model=PollDetails,
    summary="Make a poll",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, *REUSED_KEY),
)
async def create_poll(
    access: Annotated[EventAccess, Depends(event_access("create_poll"))],
    request: CreatePoll,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Make a draft poll. It becomes public when it is opened."""
    errors = KINDS[request.kind].check_definition(request)
    if errors:
        raise InvalidRequest(errors)

    async def create() -> PollDetails:
        event = await lock_event(session, access.event_id)
        return poll_details(await insert_poll(session, event_id=event.id, request=request))

    return await once(session, access.principal, request, create)
