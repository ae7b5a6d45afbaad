"""A host or moderator erases a participant: what it wrote is gone, and no count holds it any more."""

from typing import Annotated

from fastapi import Depends

from shared.erasure import erase_participant as erase
from shared.events.queries import lock_event
from shared.http.access import EventAccess
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import ParticipantId, participant_access

router = endpoint_router("participants")


@router.delete(
    "/v1/participants/{participant_id}",
    status_code=204,
    summary="Erase a participant",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def erase_participant(
    access: Annotated[EventAccess, Depends(participant_access("erase_participant"))],
    participant_id: ParticipantId,
    session: WriteSession,
) -> None:
    """Erase what the participant wrote, correct every count, and refuse what it writes from now on."""
    await lock_event(session, access.event_id)
    await erase(session, access.event_id, participant_id)
