"""The page that shows the OpenAPI document: Swagger UI, served from here.

FastAPI's own page loads it from a foreign host, which an offline machine does not reach, and starts
it by an inline script, which no strict policy lets run. The files come from the package
fastapi-offline, of which nothing else is used.
"""

import importlib.util
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from shared.errors import NotFound
from shared.http.conditional import conditional_response

_PAGE = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ovation API</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_START = b"""SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
});
"""
_SCRIPT = "text/javascript; charset=utf-8"

# Everything that the page is made of, and as what.
ASSETS: Mapping[str, str] = {
    "start.js": _SCRIPT,
    "swagger-ui-bundle.js": _SCRIPT,
    "swagger-ui.css": "text/css; charset=utf-8",
}

# Swagger UI draws its icons from data: addresses.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def docs_response(request: Request) -> Response:
    """Return the page, or 304 when the browser has it."""
    return _response(request, _PAGE, "text/html; charset=utf-8")


def docs_asset_response(request: Request, name: str) -> Response:
    """Return a file of the page, or 304 when the browser has it; raise `NotFound` for any other name."""
    media_type = ASSETS.get(name)
    if media_type is None:
        raise NotFound("The page has no such file.")
    return _response(request, _START if name == "start.js" else _packaged(name), media_type)


def _response(request: Request, body: bytes, media_type: str) -> Response:
    response = conditional_response(
        request, body, cache_control="public, max-age=60", media_type=media_type
    )
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


@lru_cache(maxsize=len(ASSETS))
def _packaged(name: str) -> bytes:
    # Found, not imported: the package's code is of no use here.
    package = importlib.util.find_spec("fastapi_offline")
    if package is None or not package.submodule_search_locations:
        raise NotFound("This installation has no Swagger UI.")
    return (Path(package.submodule_search_locations[0]) / "static" / name).read_bytes()
