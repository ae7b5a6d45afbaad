"""An organizer or host takes the event's public history: every change that the audience was shown.

It changes nothing. What was erased since is blank, and what staff alone saw was never in it.
"""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.responses import JSONResponse, Response

from shared.db.long_reads import long_read_place, long_read_session
from shared.feed.history import read_history
from shared.feed.schemas import HistoryLine
from shared.http.access import EventAccess, event_access
from shared.http.download import begin_download
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.settings import get_settings

router = endpoint_router("feed")


class _Lines(JSONResponse):
    """What the OpenAPI document says of the answer."""

    media_type = "application/x-ndjson"


@router.get(
    "/v1/events/{event_id}/history",
    response_class=_Lines,
    response_model=HistoryLine,
    summary="Read the public history",
    responses=problems(*AUTHENTICATED, *ON_A_THING),
)
async def get_history(
    access: Annotated[EventAccess, Depends(event_access("get_history"))],
) -> Response:
    """Stream every public change in revision order, a JSON object on each line."""
    return await begin_download(
        _lines(access.event_id),
        media_type=_Lines.media_type,
        name=f"ovation-{access.event_id}.history.ndjson",
        at_most_s=get_settings().export_timeout_s,
    )


async def _lines(event_id: UUID) -> AsyncGenerator[bytes, None]:
    with long_read_place():
        async with long_read_session() as session:
            async for lines in read_history(session, event_id):
                yield lines
