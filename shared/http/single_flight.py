"""One run of an ASGI application on behalf of several requests.

The run is a task of its own, so that a client that goes away ends nothing for the others. When the
response starts, `may_gather` decides: either it is collected and given to all who wait, or it belongs to
the request that started the run alone, to which it is streamed from there on, and the others run the
application themselves, all at once: one after the other, each would wait for all before it.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Landing:
    """How a run ended, as far as others than its own client are concerned.

    `body` is None when the response was not gathered; `status` is 0 when there was none, because of
    `error`, or because the run was cancelled.
    """

    status: int = 0
    headers: Sequence[Header] = ()
    body: bytes | None = None
    error: Exception | None = None


class Flight(Generic[Outcome]):
    """A run of `app` with `scope`, which is its own; `client` is the request that started it, if any.

    `on_landing` turns the landing into what all who wait are given, None for: run it yourself.
    `on_failure` is given what the application raised when no request can raise it.
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
        self._audience = 0
        self._landed = asyncio.Event()
        self._outcome: Outcome | None = None
        self._error: Exception | None = None
        self._requested = False
        self.task = asyncio.create_task(self._run())

    async def outcome(self) -> Outcome | None:
        """Wait for what the run gives to all; raise what it raised."""
        self._audience += 1
        try:
            await self._landed.wait()
        finally:
            self._audience -= 1
        self._raise_error()
        return self._outcome

    async def lead(self) -> Outcome | None:
        """Do the same for the client: once `is_streaming`, return when it has been answered."""
        try:
            outcome = await self.outcome()
        except asyncio.CancelledError:
            self._client = None
            raise
        if self.is_streaming:
            # Cancelling this request cancels the run: it is for nobody else.
            await self.task
            self._raise_error()
        return outcome

    def _raise_error(self) -> None:
        if self._error is not None:
            # Each raise would lengthen the traceback for those after it.
            raise self._error.with_traceback(self._traceback)

    async def _run(self) -> None:
        error: Exception | None = None
        try:
            await self._app(self.scope, self._receive, self._send)
            if not self._landed.is_set():
                error = RuntimeError("The application returned without a complete response.")
        except Exception as raised:
            error = raised
        finally:
            is_late = self._landed.is_set()
            self._land(Landing(error=error))
        if error is not None:
            self._report(error, is_heard=self._client is not None if is_late else self._audience > 0)
