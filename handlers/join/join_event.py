"""Anyone joins a live event by its code. Writes nothing: the answer is a signed token."""

import time
from datetime import UTC, datetime

from shared.errors import EventNotLive, InvalidRequest, NotFound, RateLimited, Unavailable
from shared.events.joinable import find_joinable_event
from shared.http.access import ClientAddress
from shared.http.endpoint import WITH_BODY, burst_handler, endpoint_router, problems
from shared.http.rate_limits import limit_joins
from shared.identifiers import new_id
from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import issue_participant_token
from shared.participants.join_schemas import JoinEvent, Joined
from shared.secrets import current_signing_keys
from shared.settings import get_settings

router = endpoint_router("join")


@router.post(
    "/v1/join",
    summary="Join an event",
    responses=problems(
        NotFound, EventNotLive, InvalidRequest, RateLimited, Unavailable, *WITH_BODY
    ),
)
async def join_event(request: JoinEvent, address: ClientAddress) -> Joined:
    """Join by code, in any case. Returns the participant's token; joining again makes another."""
    limit_joins(address)
    event = await find_joinable_event(request.join_code)
    expires_at = int(time.time()) + get_settings().participant_token_ttl_s
    participant = ParticipantPrincipal(
        participant_id=new_id(), event_id=event.id, display_name=request.display_name
    )
    token = issue_participant_token(
        await current_signing_keys(), participant, expires_at=expires_at
    )
    return Joined(
        event_id=event.id,
        participant_id=participant.participant_id,
        token=token,
        expires_at=datetime.fromtimestamp(expires_at, UTC),
        event=event,
    )


handler = burst_handler(router)
