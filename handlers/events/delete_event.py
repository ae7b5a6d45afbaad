"""An organizer or host erases an event and everything in it."""

from typing import Annotated

from fastapi import Depends

from shared.erasure import erase_event
from shared.events.queries import lock_event
from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession

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
    await erase_event(session, await lock_event(session, access.event_id))
