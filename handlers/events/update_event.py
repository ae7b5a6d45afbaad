"""An organizer or host changes an event: its title, its settings, or its state.

Ending it closes its open polls and finishes its quiz for good, in the same transaction. Refuses to go
back in its states.
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import InvalidTransition
from shared.events.queries import shut_audience_gate
from shared.events.queries import forget_joinable
from shared.events.queries import change_event, lock_event
from shared.events.rules import check_transition
from shared.events.schemas import EventDetails, UpdateEvent, event_details
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.polls.queries import close_polls, find_open_polls, find_polls_with_words, publish_polls
from shared.quizzes.queries import end_quiz

router = endpoint_router("events")


@router.patch(
    "/v1/events/{event_id}",
    summary="Change an event",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, InvalidTransition),
)
async def update_event(
    access: Annotated[EventAccess, Depends(event_access("update_event"))],
    request: UpdateEvent,
    session: WriteSession,
) -> EventDetails:
    """Change title, settings or state. The states are `draft`, then `live`, then `ended`."""
    event = await lock_event(session, access.event_id)
    if request.status is not None:
        check_transition(event.status, request.status)
    if request.status == "ended" and event.status != "ended":
        polls = await find_open_polls(session, event.id)
        await close_polls(session, polls, status="closed")
        await publish_polls(session, event.id, polls)
        await end_quiz(session, event)
        await shut_audience_gate(session, event.id)
    await change_event(session, event, request)
    if request.settings is not None:
        await publish_polls(session, event.id, await find_polls_with_words(session, event.id))
    forget_joinable(session, event.join_code)
    return event_details(event)
