"""How loaded this process is, in three steps, and what it gives up first.

As load rises, clients are told to poll less often; at the last step reads that no cache answers are
refused beyond a few at a time, so that votes still get through. Votes are refused by nothing but a
full queue.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import Unavailable
from shared.http.answer import Answer, FindAnswer, ReadBody, no_answer
from shared.http.error_handlers import problem_for
from shared.http.request_context import request_id
from shared.settings import get_settings

# What clients are told to wait at each step, as parts of the setting: 2, 3 and 5 s by default.
POLL_AFTER = (1.0, 1.5, 2.5)
LAST_STEP = len(POLL_AFTER) - 1
# The event loop's delay, in seconds, and the requests under way, from which a step is taken.
_LAG_S = (0.05, 0.25)
_UNDER_WAY = (256, 1_024)
# How long the load must be lower before a step is taken back: no flapping around a threshold.
_CALM_S = 5.0
_SAMPLE_S = 0.1
# Of the old average in the new one: half of a change shows after three samples.
_MEMORY = 0.8
# Reads beyond the cache that may be under way at the last step.
READS_AT_LAST_STEP = 16


class Load:
    """The load of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.under_way = 0
        self.reads_under_way = 0
        self.step = 0
        self._clock = clock
        self._lag_s = 0.0
        self._reached_at = clock()

    def poll_after_ms(self) -> int:
        """Return how long a client is to wait before it polls again."""
        return int(get_settings().poll_after_ms * POLL_AFTER[self.step])

    def begin(self, is_read: bool) -> None:
        """Count one more request as under way."""
        self.under_way += 1
        self.reads_under_way += is_read

    def end(self, is_read: bool) -> None:
        """Take one that was begun from the count."""
        self.under_way -= 1
        self.reads_under_way -= is_read

    def sheds_reads(self) -> bool:
        """Tell whether one more read that no cache answers is too many."""
        return self.step == LAST_STEP and self.reads_under_way >= READS_AT_LAST_STEP

    def observe(self, lag_s: float) -> None:
        """Take in how late the event loop just was, and go up at once or down when it is calm."""
        self._lag_s = _MEMORY * self._lag_s + (1 - _MEMORY) * lag_s
        now = self._clock()
        asked = self._asked_step()
        if asked >= self.step:
            self.step = asked
            self._reached_at = now
        elif now - self._reached_at >= _CALM_S:
            self.step -= 1
            self._reached_at = now

    def _asked_step(self) -> int:
        by_lag = sum(self._lag_s >= threshold for threshold in _LAG_S)
        by_requests = sum(self.under_way >= threshold for threshold in _UNDER_WAY)
        return max(by_lag, by_requests)


current_load = Load()


@asynccontextmanager
async def watched_load(load: Load = current_load) -> AsyncIterator[None]:
    """Measure the event loop's delay while the server runs."""

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _SAMPLE_S
            await asyncio.sleep(_SAMPLE_S)
            load.observe(max(0.0, loop.time() - due))

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


class Shedding:
    """Count what no cache answered, and refuse reads when there are too many."""

    def __init__(
        self, app: ASGIApp, load: Load = current_load, *, find_answer: FindAnswer = no_answer
    ) -> None:
        self._app = app
        self._load = load
        self._find_answer = find_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it with 503 and Retry-After."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        load, is_read = self._load, _is_read(scope)
        if is_read and load.sheds_reads():
            later = Unavailable(retry_after_s=max(1, load.poll_after_ms() // 1000))
            await problem_for(later, request_id(scope))(scope, receive, send)
            return
        load.begin(is_read)
        try:
            await self._app(scope, receive, send)
        finally:
            load.end(is_read)

    async def answer(self, scope: Scope, read_body: ReadBody) -> Answer | None:
        """Return the answer to a request; None for one to call, which refuses it where that is due."""
        load, is_read = self._load, _is_read(scope)
        if is_read and load.sheds_reads():
            return None
        load.begin(is_read)
        try:
            return await self._find_answer(scope, read_body)
        finally:
            load.end(is_read)


def _is_read(scope: Scope) -> bool:
    return bool(scope["method"] == "GET" and scope["path"].startswith("/v1/"))
