"""A host or moderator erases a poll with its votes."""

from typing import Annotated

from fastapi import Depends

from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import PollId, poll_access
from shared.polls.queries import erase_poll, find_poll

router = endpoint_router("polls")


@router.delete(
    "/v1/polls/{poll_id}",
    status_code=204,
    summary="Erase a poll",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def delete_poll(
    access: Annotated[EventAccess, Depends(poll_access("delete_poll"))],
    poll_id: PollId,
    session: WriteSession,
) -> None:
    """Erase the poll with its options, votes and counts."""
    await lock_event(session, access.event_id)
    await erase_poll(session, await find_poll(session, poll_id))
