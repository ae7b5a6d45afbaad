"""An organizer makes another API key for itself; it is shown this once and stored hashed."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from shared.api_keys.queries import insert_api_key
from shared.api_keys.schemas import CreateApiKey, NewApiKey
from shared.http.access import organizer_access
from shared.http.endpoint import AUTHENTICATED, WITH_BODY, endpoint_router, problems
from shared.http.idempotency import REUSED_KEY, OnceDep
from shared.http.sessions import WriteSession
from shared.identity.credentials import API_KEY_PREFIX, new_secret
from shared.identity.principals import OrganizerPrincipal

router = endpoint_router("api-keys")


@router.post(
    "/v1/api-keys",
    status_code=201,
    response_model=NewApiKey,
    summary="Make an API key",
    responses=problems(*AUTHENTICATED, *WITH_BODY, *REUSED_KEY),
)
async def create_api_key(
    organizer: Annotated[OrganizerPrincipal, Depends(organizer_access("create_api_key"))],
    request: CreateApiKey,
    session: WriteSession,
    once: OnceDep,
) -> Response:
    """Make a key with the rights of the one that asks. It is shown in this answer only."""

    async def create() -> NewApiKey:
        key = new_secret(API_KEY_PREFIX)
        made = await insert_api_key(
            session, organizer_id=organizer.organizer_id, name=request.name, key=key
        )
        return NewApiKey(id=made.id, name=made.name, created_at=made.created_at, key=key)

    return await once(session, organizer, request, create)
