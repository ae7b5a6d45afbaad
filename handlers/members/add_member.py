"""An organizer or host adds a host, moderator or presenter, whose token is shown this once."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.http.access import EventAccess, event_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession
from shared.identity.credentials import MEMBER_TOKEN_PREFIX, new_secret
from shared.members.queries import insert_member
from shared.members.schemas import AddMember, MemberToken

router = endpoint_router("members")


@router.post(
    "/v1/events/{event_id}/members",
    status_code=201,
    response_model=MemberToken,
    summary="Add a member",
    responses=problems(*AUTHENTICATED, *ON_A_THING, *WITH_BODY, *REUSED_KEY),
)
async def add_member(
    access: Annotated[EventAccess, Depends(event_access("add_member"))],
    request: AddMember,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Add a member. The token is shown in this answer only; it is stored hashed."""

    async def create() -> MemberToken:
        token = new_secret(MEMBER_TOKEN_PREFIX)
        member = await insert_member(
            session, event_id=access.event_id, request=request, token=token
        )
        return MemberToken(member_id=member.id, role=request.role, token=token)

    return await once(session, access.principal, request, create)
