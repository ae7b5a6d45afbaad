"""An organizer or host erases an event and everything in it."""

from typing import Annotated

from fastapi import Depends

from shared.events.gate import shut_audience_gate
from shared.events.joinable import forget_joinable
from shared.events.queries import erase_event, lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.polls.queries import find_poll_ids, shut_gates
from shared.quizzes.queries import find_question_ids, shut_answer_gates

router = endpoint_router("events")


@router.delete(
    "/v1/events/{event_id}",
    status_code=204,
    summary="Erase an event",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def delete_event(
    access: Annotated[EventAccess, Depends(event_access("delete_event"))], session: WriteSession
) -> None:
    """Erase the event with its polls, votes, quizzes, questions, members and participants."""
    event = await lock_event(session, access.event_id)
    # What the audience is writing finishes first, and none can begin.
    await shut_gates(session, await find_poll_ids(session, event.id))
    await shut_answer_gates(session, await find_question_ids(session, event.id))
    await shut_audience_gate(session, event.id)
    await erase_event(session, event.id)
    forget_joinable(session, event.join_code)
