"""A participant votes, or votes differently: one vote per poll and participant, counted once.

A 200 means that the vote is committed. Refuses a vote that breaks the poll's rule (422, nothing
changes), or that comes while the poll is not open (409).
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import Banned, EventNotLive, PollClosed
from shared.http.access import CurrentPrincipal, ParticipantAccess
from shared.http.endpoint import (
    AUTHENTICATED,
    ON_A_THING,
    WITH_BODY,
    burst_handler,
    endpoint_router,
    problems,
)
from shared.http.thing_access import PollId
from shared.identity.principals import ParticipantPrincipal
from shared.polls.definitions import get_definition
from shared.polls.kinds import count_vote
from shared.polls.vote_schemas import CastVote, VoteReceipt
from shared.polls.vote_queue import Votes
from shared.polls.votes import VoteWrite

router = endpoint_router("polls")


async def _find_poll(principal: CurrentPrincipal, poll_id: PollId) -> None:
    # So that a poll that is not the voter's to see is 404 also with a body that does not fit.
    if isinstance(principal, ParticipantPrincipal):
        await get_definition(poll_id, principal.event_id)


@router.put(
    "/v1/polls/{poll_id}/vote",
    summary="Cast or change my vote",
    dependencies=[Depends(_find_poll)],
    responses=problems(*AUTHENTICATED, Banned, *ON_A_THING, *WITH_BODY, PollClosed, EventNotLive),
)
async def cast_vote(
    voter: Annotated[ParticipantPrincipal, Depends(ParticipantAccess("cast_vote"))],
    poll_id: PollId,
    request: CastVote,
    votes: Votes,
) -> VoteReceipt:
    """Cast the caller's vote. The same body again is the same vote; another one replaces it."""
    poll = await get_definition(poll_id, voter.event_id)
    counted = count_vote(poll, request)
    cast_at = await votes.submit(VoteWrite(poll_id, voter, counted))
    return VoteReceipt(poll_id=poll_id, vote=counted.ballot, cast_at=cast_at)


handler = burst_handler(router)
