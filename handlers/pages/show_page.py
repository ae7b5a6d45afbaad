"""A person opens the built-in page: join, vote, ask and see results; host a session."""

from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from shared.http.endpoint import endpoint_router
from shared.http.conditional import conditional_response

router = endpoint_router("pages")

_PAGE = Path(__file__).parents[2] / "web" / "index.html"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@lru_cache(maxsize=1)
def _page() -> bytes:
    return _PAGE.read_bytes()


@router.get("/", summary="The built-in page", include_in_schema=False)
async def show_page(request: Request) -> Response:
    """Return the page, which needs no build step."""
    response = conditional_response(
        request, _page(), cache_control="public, max-age=60", media_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = _POLICY
    return response
