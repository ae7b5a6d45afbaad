"""A person opens the built-in page: join, vote, ask and see results; host an event."""

from starlette.requests import Request
from starlette.responses import Response

from shared.http.endpoint import endpoint_router
from shared.http.page_assets import INDEX, asset_response

router = endpoint_router("pages")


@router.get("/", summary="The built-in page", include_in_schema=False)
async def show_page(request: Request) -> Response:
    """Return the page, which needs no build step."""
    return asset_response(request, INDEX)
