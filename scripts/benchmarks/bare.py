"""The least that an ASGI application can do: send bytes that are there already."""

import os
from pathlib import Path
from typing import Any

_body = Path(os.environ["BARE_BODY"]).read_bytes()
_headers = [
    (name.encode(), value.encode())
    for name, _, value in (line.partition(": ") for line in os.environ["BARE_HEADERS"].splitlines())
]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer any request with the same response."""
    await send({"type": "http.response.start", "status": 200, "headers": _headers})
    await send({"type": "http.response.body", "body": _body})
