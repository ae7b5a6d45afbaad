"""A host or moderator opens, closes, archives or edits a poll.

Closing publishes the final counts; no vote counts after it. Refuses to go back in its states.
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import InvalidTransition
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import PollId, poll_access
from shared.polls.queries import change_poll, find_poll
from shared.polls.schemas import PollDetails, UpdatePoll, poll_details

router = endpoint_router("polls")


@router.patch(
    "/v1/polls/{poll_id}",
    summary="Change a poll",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, InvalidTransition),
)
async def update_poll(
    access: Annotated[EventAccess, Depends(poll_access("update_poll"))],
    poll_id: PollId,
    request: UpdatePoll,
    session: WriteSession,
) -> PollDetails:
    """Change state, prompt or who sees the results. The states are draft, open, closed, archived."""
    await lock_event(session, access.event_id)
    poll = await find_poll(session, poll_id)
    await change_poll(session, poll, request)
    return poll_details(poll)
