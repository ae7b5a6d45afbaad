"""A participant reads the server's clock, and so lets its round trip be measured. Writes nothing.

Three or four readings in a row, each with the last one's stamp, are enough for the clock and the credit.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends

from shared.http.access import participant_event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.identity.principals import ParticipantPrincipal
from shared.quizzes.schemas import ClockReading, ReadClock
from shared.quizzes.stamps import next_stamp, sign_stamp

router = endpoint_router("quizzes")


@router.post(
    "/v1/events/{event_id}/clock",
    summary="Read the server's clock",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY),
)
async def read_clock(
    player: Annotated[ParticipantPrincipal, Depends(participant_event_access("read_clock"))],
    request: ReadClock,
) -> ClockReading:
    """Return the server's time, and the shortest round trip that the stamps have shown so far."""
    now = datetime.now(UTC)
    stamp = await next_stamp(player.participant_id, request.stamp, now)
    return ClockReading(
        server_time=now,
        stamp=await sign_stamp(player.participant_id, stamp),
        round_trip_ms=stamp.round_trip_ms,
    )
