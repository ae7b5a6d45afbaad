"""Anyone joins a live event by its code. Writes nothing: the answer is a signed token."""

import time
from datetime import UTC, datetime

from fastapi import Request

from shared.errors import EventNotLive, InvalidRequest, NotFound, RateLimited, Unavailable
from shared.events.queries import find_event_by_join_code
from shared.events.rules import check_live
from shared.events.schemas import public_event
from shared.http.client_ip import client_ip
from shared.http.endpoint import WITH_BODY, burst_handler, endpoint_router, problems
from shared.http.rate_limits import limit_joins
from shared.http.sessions import ReadSession
from shared.identifiers import new_id
from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import issue_participant_token
from shared.participants.schemas import JoinEvent, Joined
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
async def join_event(request: JoinEvent, http: Request, session: ReadSession) -> Joined:
    """Join by code, in any case. Returns the participant's token; joining again makes another."""
    settings = get_settings()
    limit_joins(client_ip(http.scope, settings.trusted_proxy_hops))
    event = await find_event_by_join_code(session, request.join_code)
    if event is None:
        raise NotFound("No event has this join code.")
    check_live(event.status)
    expires_at = int(time.time()) + settings.participant_token_ttl_s
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
        event=public_event(event),
    )


handler = burst_handler(router)
