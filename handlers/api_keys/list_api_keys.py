"""An organizer lists its API keys, without their secrets."""

from typing import Annotated

from fastapi import Depends

from shared.api_keys.queries import list_organizer_api_keys
from shared.api_keys.schemas import ApiKeyPage, ApiKeySummary
from shared.http.access import organizer_access
from shared.http.endpoint import AUTHENTICATED, endpoint_router, problems
from shared.http.paging import Limit, PageCursor, cut_page, parse_page_cursor
from shared.http.sessions import ReadSession
from shared.identity.principals import OrganizerPrincipal

router = endpoint_router("api-keys")


@router.get("/v1/api-keys", summary="List API keys", responses=problems(*AUTHENTICATED))
async def list_api_keys(
    organizer: Annotated[OrganizerPrincipal, Depends(organizer_access("list_api_keys"))],
    session: ReadSession,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> ApiKeyPage:
    """List the organizer's keys, newest first."""
    keys = await list_organizer_api_keys(
        session,
        organizer_id=organizer.organizer_id,
        before=parse_page_cursor(cursor),
        limit=limit + 1,
    )
    page, following = cut_page(keys, limit)
    return ApiKeyPage(
        api_keys=[ApiKeySummary.model_validate(key, from_attributes=True) for key in page],
        cursor=following,
    )
