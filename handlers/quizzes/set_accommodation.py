"""A host gives a participant more time in the event's quizzes, also one who has written nothing yet."""

from typing import Annotated

from fastapi import Depends

from shared.events.queries import lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import ParticipantId
from shared.quizzes.accommodations import set_factor
from shared.quizzes.queries import find_quiz_under_way, publish_quiz
from shared.quizzes.schemas import AccommodationDetails, SetAccommodation

router = endpoint_router("quizzes")


@router.put(
    "/v1/events/{event_id}/accommodations/{participant_id}",
    summary="Give a participant more time",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY),
)
async def set_accommodation(
    access: Annotated[EventAccess, Depends(event_access("set_accommodation"))],
    participant_id: ParticipantId,
    request: SetAccommodation,
    session: WriteSession,
) -> AccommodationDetails:
    """Let the participant have so many times the time limit; 1 takes it back. Only staff sees it."""
    event = await lock_event(session, access.event_id)
    await set_factor(
        session,
        event_id=event.id,
        participant_id=participant_id,
        time_factor=request.time_factor,
    )
    quiz = await find_quiz_under_way(session, event.id)
    if quiz is not None:
        await publish_quiz(session, quiz)
    return AccommodationDetails(participant_id=participant_id, time_factor=request.time_factor)
