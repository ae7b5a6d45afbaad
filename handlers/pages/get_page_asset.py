"""A browser fetches what the built-in page is made of: its styles, its modules, its icon."""

from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from shared.http.endpoint import endpoint_router
from shared.http.page_assets import asset_response

router = endpoint_router("pages")


@router.get("/page/{asset}", summary="A file of the built-in page", include_in_schema=False)
async def get_page_asset(
    request: Request, asset: Annotated[str, Path(description="The file's name")]
) -> Response:
    """Return one of the page's files; any other name is refused."""
    return asset_response(request, asset)
