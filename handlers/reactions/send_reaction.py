"""A participant reacts: its client gathers what was tapped, and sends it about once a second.

A 202 means that it is committed and counted; the feed shows it with the next tick. What is sent
again is counted again. Refuses where the event takes no reactions (409).
"""

from typing import Annotated

from fastapi import Depends

from shared.errors import Banned, EventNotLive, ReactionsDisabled
from shared.http.access import CurrentPrincipal, EventId, ParticipantAccess, check_own_event
from shared.http.endpoint import (
    AUTHENTICATED,
    ON_A_THING,
    WITH_BODY,
    burst_handler,
    endpoint_router,
    problems,
)
from shared.http.rate_limits import limit_reactions
from shared.identity.principals import ParticipantPrincipal
from shared.reactions.reaction_queue import Reactions
from shared.reactions.schemas import ReactionReceipt, SendReaction
from shared.reactions.writes import ReactionWrite

router = endpoint_router("reactions")
_access = ParticipantAccess("send_reaction", limit=limit_reactions)


async def _check_event(principal: CurrentPrincipal, event_id: EventId) -> None:
    # So that a credential of another event is 403 also with a body that does not fit.
    if isinstance(principal, ParticipantPrincipal):
        check_own_event(principal, event_id)


@router.post(
    "/v1/events/{event_id}/reactions",
    status_code=202,
    summary="Send reactions",
    dependencies=[Depends(_check_event)],
    responses=problems(
        *AUTHENTICATED, Banned, *ON_A_THING, *WITH_BODY, EventNotLive, ReactionsDisabled
    ),
)
async def send_reaction(
    sender: Annotated[ParticipantPrincipal, Depends(_access)],
    event_id: EventId,
    request: SendReaction,
    reactions: Reactions,
) -> ReactionReceipt:
    """Count reactions of one kind, up to 20 at once."""
    check_own_event(sender, event_id)
    await reactions.submit(ReactionWrite(sender, request.kind, request.count))
    return ReactionReceipt(kind=request.kind, count=request.count)


handler = burst_handler(router)
