"""An organizer or host revokes a member, whose token is refused from then on."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.members.queries import delete_member

router = endpoint_router("members")


@router.delete(
    "/v1/events/{event_id}/members/{member_id}",
    status_code=204,
    summary="Revoke a member",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def revoke_member(
    access: Annotated[EventAccess, Depends(event_access("revoke_member"))],
    member_id: Annotated[UUID, Path(description="The member")],
    session: WriteSession,
) -> None:
    """Remove the member. The token stops at once, in every process."""
    await delete_member(session, event_id=access.event_id, member_id=member_id)
