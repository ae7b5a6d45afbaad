"""An organizer or host takes everything of an event away, as JSON, as CSV files or as a workbook.

It changes nothing. More exports at once than the process has places for are refused.
"""

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from shared.export import Export, export_event as write_export
from shared.http.access import EventAccess, event_access
from shared.http.download import begin_download
from shared.http.endpoint import AUTHENTICATED, ON_A_THING, endpoint_router, problems
from shared.sections.forms import FILE_TYPES, Format
from shared.settings import get_settings

router = endpoint_router("events")

_FILES: dict[str, dict[str, object]] = {FILE_TYPES[name].media_type: {} for name in ("csv", "xlsx")}


@router.get(
    "/v1/events/{event_id}/export",
    response_model=Export,
    summary="Export an event",
    responses={
        200: {"content": _FILES},
        **problems(*AUTHENTICATED, *ON_A_THING),
    },
)
async def export_event(
    access: Annotated[EventAccess, Depends(event_access("export_event"))],
    format: Annotated[
        Format, Query(description="One JSON object, a ZIP archive of CSV files, or a workbook")
    ] = "json",
) -> Response:
    """Stream everything of the event as it is at this moment."""
    file = FILE_TYPES[format]
    return await begin_download(
        write_export(access.event_id, format),
        media_type=file.media_type,
        name=f"ovation-{access.event_id}.{file.suffix}",
        at_most_s=get_settings().export_timeout_s,
    )
