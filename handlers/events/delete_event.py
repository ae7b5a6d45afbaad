"""An organizer or host erases an event and everything in it.

A large one goes in batches: it is ended from the first one on, and what an interrupted request has
left (503), the next one erases, or `erase_expired` within the hour.
"""

from typing import Annotated

from fastapi import Depends

from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.retention import erase_now

router = endpoint_router("events")


@router.delete(
    "/v1/events/{event_id}",
    status_code=204,
    summary="Erase an event",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def delete_event(
    access: Annotated[EventAccess, Depends(event_access("delete_event"))],
) -> None:
    """Erase the event with its polls, votes, quizzes, questions, members and participants."""
    await erase_now(access.event_id)
