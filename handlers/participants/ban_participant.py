"""A host or moderator bans a participant: from the commit on, its writes are refused.

What it wrote before stays. Refuses an id that joining never gave.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.http.thing_access import ParticipantId, newcomer_access
from shared.participants.queries import ban
from shared.participants.schemas import BanReceipt

router = endpoint_router("participants")


@router.post(
    "/v1/participants/{participant_id}/ban",
    summary="Ban a participant",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def ban_participant(
    event_ids: Annotated[Sequence[UUID], Depends(newcomer_access("ban_participant"))],
    participant_id: ParticipantId,
    session: WriteSession,
) -> BanReceipt:
    """Refuse the participant's writes with 403 `banned`. A second time: the same answer."""
    await ban(session, event_ids, participant_id)
    return BanReceipt(participant_id=participant_id, banned=True)
