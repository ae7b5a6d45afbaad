"""A participant takes its vote back, while the poll is open."""

from typing import Annotated

from fastapi import Depends

from shared.errors import Banned, EventNotLive, PollClosed
from shared.http.access import ParticipantAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.thing_access import PollId
from shared.identity.principals import ParticipantPrincipal
from shared.polls.vote_schemas import VoteReceipt
from shared.polls.vote_queue import Votes
from shared.polls.votes import VoteWrite

router = endpoint_router("polls")


@router.delete(
    "/v1/polls/{poll_id}/vote",
    summary="Retract my vote",
    responses=problems(*AUTHENTICATED, Banned, *ON_A_THING, PollClosed, EventNotLive),
)
async def retract_vote(
    voter: Annotated[ParticipantPrincipal, Depends(ParticipantAccess("retract_vote"))],
    poll_id: PollId,
    votes: Votes,
) -> VoteReceipt:
    """Take the caller's vote out of the count. No vote, or a second time: the same answer."""
    await votes.submit(VoteWrite(poll_id, voter, None))
    return VoteReceipt(poll_id=poll_id, vote=None, cast_at=None)
