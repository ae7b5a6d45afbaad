"""Sending a file that is made while it is sent: to a client that may be slow, or leave."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import anyio
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send


class _Download(StreamingResponse):
    """Sends the pieces, and closes whoever makes them whatever happens.

    A failure amid the file ends the connection before the end of the body: a client is told, by
    HTTP itself, that it has not got all.
    """

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes, None], at_most_s: float) -> None:
        super().__init__(_chained(first, rest))
        self._rest = rest
        self._at_most_s = at_most_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; raise `TimeoutError` when it takes too long."""
        try:
            async with asyncio.timeout(self._at_most_s):
                await super().__call__(scope, receive, send)
        finally:
            # Though the request is cancelled: a connection to the database hangs on it.
            with anyio.CancelScope(shield=True):
                await self._rest.aclose()


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def begin_download(
    pieces: AsyncGenerator[bytes, None], *, media_type: str, name: str, at_most_s: float
) -> Response:
    """Return the response that sends the pieces as a file of that name, for `at_most_s` at most.

    The first is made now: what it raises can still be answered.
    """
    download = _Download(await anext(pieces, b""), pieces, at_most_s)
    download.headers["Content-Type"] = media_type
    download.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    download.headers["Cache-Control"] = "private, no-store"
    return download
