"""Everyone reads the feed: what changed in an event since a cursor, the same bytes for all.

Reading makes the tick run, so it may publish counts; it changes nothing else.
"""

from typing import Annotated, Literal

from fastapi import Query, Request
from starlette.responses import Response

from shared.errors import NotAuthenticated
from shared.feed.read import read_page
from shared.feed.schemas import Changes
from shared.http.access import EventId, MaybePrincipal, check_event
from shared.http.conditional import conditional_response
from shared.http.endpoint import (
    ANYONE_TOO,
    AUTHENTICATED,
    ON_A_THING,
    burst_handler,
    endpoint_router,
    problems,
)
from shared.http.load import current_load
from shared.identity.policy import authorize
from shared.ticking import tick_if_due

router = endpoint_router("feed")

_CACHE_CONTROL = {"public": "public, max-age=1", "staff": "private, no-store"}


@router.get(
    "/v1/events/{event_id}/changes",
    response_model=Changes,
    summary="Read what changed",
    openapi_extra=ANYONE_TOO,
    responses={
        304: {"description": "Nothing changed since the response with the ETag of If-None-Match"},
        **problems(*AUTHENTICATED, *ON_A_THING),
    },
)
async def get_changes(
    request: Request,
    principal: MaybePrincipal,
    event_id: EventId,
    since: Annotated[
        str | None, Query(description="The cursor of the last response; none asks for a snapshot")
    ] = None,
    audience: Annotated[
        Literal["public", "staff"], Query(description="`staff` needs a member's credential")
    ] = "public",
) -> Response:
    """Return the changes since the cursor, in order. `reset` means: forget what you had."""
    if audience == "staff":
        if principal is None:
            raise NotAuthenticated()
        authorize(principal, "get_staff_changes")
        await check_event(principal, event_id)
    await tick_if_due(event_id)
    page = await read_page(event_id, audience, since)
    body = page.encode(current_load.poll_after_ms())
    return conditional_response(request, body, cache_control=_CACHE_CONTROL[audience])


handler = burst_handler(router)
