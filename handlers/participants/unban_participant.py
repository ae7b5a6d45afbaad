"""A host or moderator lifts a ban: the participant writes again, with the token that it has."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import ParticipantId, newcomer_access
from shared.participants.queries import unban
from shared.participants.schemas import BanReceipt

router = endpoint_router("participants")


@router.delete(
    "/v1/participants/{participant_id}/ban",
    summary="Lift a participant's ban",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def unban_participant(
    event_ids: Annotated[Sequence[UUID], Depends(newcomer_access("unban_participant"))],
    participant_id: ParticipantId,
    session: WriteSession,
) -> BanReceipt:
    """Let the participant write again. No ban, or a second time: the same answer."""
    await unban(session, event_ids, participant_id)
    return BanReceipt(participant_id=participant_id, banned=False)
