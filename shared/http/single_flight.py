"""One run of an ASGI application on behalf of several requests.

The run is a task of its own, so that a client that goes away ends nothing for the others. When the
response starts, `may_gather` decides: either it is collected and given to all who wait, or it belongs to
the request that started the run alone, to which it is streamed from there on, and the others run the
application themselves, all at once: one after the other, each would wait for all before it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, TypeVar

from shared.http.answer import Header, Message, Scope, Send

Receive = Callable[[], Awaitable[Message]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Landing:
    """How a run ended for all but its own client.

    `body` is None unless the response was gathered; `status` is 0 when there is no response, because of
    an error, or because the run was cancelled.
    """

    status: int = 0
    headers: Sequence[Header] = ()
    body: bytes | None = None


class Flight(Generic[Outcome]):
    """A run of `app` with `scope`, which is its own; `client` is the request that started it, if any.

    A response is gathered if `may_gather` (of its status and headers) and up to `max_bytes`. `on_landing`
    turns the landing into what all who wait are given, where None means: run it yourself. `on_failure`
    is given what the application raised when no request is there to raise it.
    """

    def __init__(
        self,
        app: AsgiApp,
        scope: Scope,
        *,
        client: tuple[Receive, Send] | None,
        may_gather: Callable[[int, Sequence[Header]], bool],
        max_bytes: int,
        on_landing: Callable[[Landing], Outcome | None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self.scope = scope
        self.is_streaming = False
        self._app = app
        self._client = client
        self._may_gather = may_gather
        self._max_bytes = max_bytes
        self._on_landing = on_landing
        self._on_failure = on_failure
        self._start: Message = {}
        self._chunks: list[bytes] = []
        self._size = 0
        self._is_requested = False
        self._audience = 0
        self._landed = asyncio.Event()
        self._outcome: Outcome | None = None
        self._failure: tuple[Exception, TracebackType | None] | None = None
        self.task = asyncio.create_task(self._run())

    async def outcome(self) -> Outcome | None:
        """Wait for what the run gives to all; raise what it raised."""
        self._audience += 1
        try:
            await self._landed.wait()
        finally:
            self._audience -= 1
        if self._failure is not None:
            error, traceback = self._failure
            # As it was raised first: each raise lengthens it, for those who come after.
            raise error.with_traceback(traceback)
        return self._outcome

    async def lead(self) -> Outcome | None:
        """Do the same for the client; when the response streams, return once all of it was sent."""
        try:
            outcome = await self.outcome()
        except asyncio.CancelledError:
            self._client = None
            raise
        if self.is_streaming:
            # Cancelling this request cancels the run too: it is for nobody else any more.
            await self.task
        return outcome

    async def _run(self) -> None:
        try:
            await self._app(self.scope, self._receive, self._send)
            if not self._landed.is_set():
                raise RuntimeError("The application returned without a complete response.")
        except Exception as error:
            is_heard = self._audience > 0
            if not self._landed.is_set():
                self._failure = (error, error.__traceback__)
            elif self.is_streaming and self._client is not None:
                raise
            else:
                is_heard = False
            if not is_heard:
                self._on_failure(error)
        finally:
            self._land(Landing())

    def _land(self, landing: Landing) -> None:
        if self._landed.is_set():
            return
        try:
            self._outcome = self._on_landing(landing)
        finally:
            self._landed.set()

    async def _receive(self) -> Message:
        if not self._is_requested:
            self._is_requested = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._landed.wait()
        while self.is_streaming and self._client is not None:
            message = await self._client[0]()
            if message["type"] != "http.request":
                return message
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self.is_streaming:
            await self._forward(message)
        elif message["type"] == "http.response.start":
            await self._begin({**message, "headers": list(message.get("headers", ()))})
        elif message["type"] == "http.response.body":
            await self._collect(message.get("body", b""), bool(message.get("more_body")))

    async def _begin(self, start: Message) -> None:
        self._start = start
        if start.get("trailers") or not self._may_gather(start["status"], start["headers"]):
            self._stream()
            await self._forward(start)

    async def _collect(self, chunk: bytes, more_body: bool) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > self._max_bytes:
            self._stream()
            await self._forward(self._start)
            body = b"".join(self._chunks)
            await self._forward(
                {"type": "http.response.body", "body": body, "more_body": more_body}
            )
        elif not more_body:
            start = self._start
            self._land(Landing(start["status"], start["headers"], b"".join(self._chunks)))

    def _stream(self) -> None:
        self.is_streaming = True
        self._land(Landing(self._start["status"], self._start["headers"]))

    async def _forward(self, message: Message) -> None:
        if self._client is not None:
            await self._client[1](message)
