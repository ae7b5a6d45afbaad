"""A developer opens the API's documentation: every call, tried out from the browser."""

from starlette.requests import Request
from starlette.responses import Response

from shared.http.docs_page import docs_response
from shared.http.endpoint import endpoint_router

router = endpoint_router("pages")


@router.get("/docs", summary="The API's documentation", include_in_schema=False)
async def show_docs(request: Request) -> Response:
    """Return the page, which shows the OpenAPI document."""
    return docs_response(request)
