"""An organizer revokes one of its API keys, which is refused from then on."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from shared.api_keys.queries import delete_api_key
from shared.http.access import organizer_access
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.http.sessions import WriteSession
from shared.identity.principals import OrganizerPrincipal

router = endpoint_router("api-keys")


@router.delete(
    "/v1/api-keys/{api_key_id}",
    status_code=204,
    summary="Revoke an API key",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def revoke_api_key(
    organizer: Annotated[OrganizerPrincipal, Depends(organizer_access("revoke_api_key"))],
    api_key_id: Annotated[UUID, Path(description="The API key")],
    session: WriteSession,
) -> None:
    """Revoke the key, also the one that asks. It is refused at once, in every process."""
    await delete_api_key(session, organizer_id=organizer.organizer_id, api_key_id=api_key_id)
