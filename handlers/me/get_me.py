"""A participant reads what is its own: votes, upvotes, questions and answers.

Its questions are there whatever became of them."""

from typing import Annotated

from fastapi import Depends

from shared.http.access import EventId, ParticipantAccess, check_own_event
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.identity.principals import ParticipantPrincipal
from shared.participants.own import find_own
from shared.participants.schemas import Me

router = endpoint_router("me")
_access = ParticipantAccess("get_me", writes=False)


@router.get(
    "/v1/events/{event_id}/me",
    summary="Read what is mine",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def get_me(
    me: Annotated[ParticipantPrincipal, Depends(_access)],
    event_id: EventId,
) -> Me:
    """Return the participant's own votes, upvotes, questions and answers: what the feed never holds."""
    check_own_event(me, event_id)
    return await find_own(me)
