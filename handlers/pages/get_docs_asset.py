"""A browser fetches what the API's documentation is made of: Swagger UI's script and styles."""

from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from shared.http.docs_page import docs_asset_response
from shared.http.endpoint import endpoint_router

router = endpoint_router("pages")


@router.get("/docs/{docs_asset}", summary="A file of the documentation", include_in_schema=False)
async def get_docs_asset(
    request: Request, docs_asset: Annotated[str, Path(description="The file's name")]
) -> Response:
    """Return one of the page's files; any other name is refused."""
    return docs_asset_response(request, docs_asset)
