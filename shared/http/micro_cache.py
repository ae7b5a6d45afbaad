"""A small cache in front of an ASGI application: a popular public answer is made once, not per client.

It obeys the application's own Cache-Control and ETag, and is a part of the origin (so it adds no Age).
With the modules that it imports it stands alone.

- Considered: a GET without credentials, range or body. Everything else passes through untouched.
- Stored: a 200 that says `public` and `max-age` and varies by nothing but its encoding. Host and Origin
  are withheld from the application, so what depends on them (such as CORS) has its place outside.
- An entry is served as it is for `refresh_after_s`; then, until its max-age, at once, while one run of
  the application refreshes it; after that, requests wait for the one run.
- A key whose answer may not be stored is remembered for a while: its requests are not gathered.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.http.answer import Answer, Header, Scope, Send, send_answer
from shared.http.bounded_lru import BoundedLru
from shared.http.cache_key import Key, considered, scope_for_all, size_of
from shared.http.cache_stats import CacheStats
from shared.http.cached_response import (
    CachedResponse,
    accepted_coding,
    is_shareable_error,
    make_answer,
    storable_seconds,
)
from shared.http.encodings import Encodings
from shared.http.single_flight import AsgiApp, Flight, Landing, Receive

_log = logging.getLogger(__name__)

_Flight = Flight[CachedResponse | Answer]

# One entry may take an eighth of the room: it must not push out everything else.
_LARGEST_SHARE = 8
# For how long a key is known as one that is not stored, and the share of the room for such keys.
_PASS_S = 5.0
_PASS_SHARE = 64
_PASS_OVERHEAD_BYTES = 512


def _log_failure(error: Exception) -> None:
    # The type only: a message may hold what someone wrote.
    _log.error("A run of the application that nobody waited for failed: %s", type(error).__name__)


async def _as_nobody_else(scope: Scope) -> list[Header] | None:
    return None


class MicroCache:
    """Wrap `app`; `stats` and `stored_bytes` are for whoever observes it.

    `max_bytes` bounds keys, bodies and encodings together. No answer is older than `oldest_s`, even where
    its max-age would allow it. `scope_keys` are what routing puts on the scope for outer layers to read
    (such as "route"): a stored answer puts them there too. `canonical_query` gives, of a raw path and query,
    the part of the query that the answer depends on: without it, each parameter that somebody adds is a run.
    `on_failure` is given what a run raised that no request waited for. `as_own` gives an error that one run
    made for several its form for one of them. `as_anyone` gives, of a request that would pass through, the
    headers with which anyone might ask for the same answer, or None where that is another answer.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        max_bytes: int = 64 * 1024 * 1024,
        refresh_after_s: float = 0.2,
        oldest_s: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        scope_keys: Sequence[str] = (),
        canonical_query: Callable[[bytes | str, bytes], bytes] = lambda path, query: query,
        on_failure: Callable[[Exception], None] = _log_failure,
        as_own: Callable[[Answer, Scope, Scope], Answer] = lambda answer, run, own: answer,
        as_anyone: Callable[[Scope], Awaitable[list[Header] | None]] = _as_nobody_else,
    ) -> None:
        self.stats = CacheStats()
        self._app = app
        self._refresh_after_s = refresh_after_s
        self._oldest_s = oldest_s
        self._clock = clock
        self._scope_keys = tuple(scope_keys)
        self._canonical_query = canonical_query
        self._on_failure = on_failure
        self._as_own = as_own
        self._as_anyone = as_anyone
        self._largest = max_bytes // _LARGEST_SHARE
        self._entries = BoundedLru[Key, CachedResponse](max_bytes - max_bytes // _PASS_SHARE)
        self._passes = BoundedLru[Key, float](max_bytes // _PASS_SHARE)
        self._flights: dict[Key, _Flight] = {}
        self._encodings = Encodings()
        # The event loop itself keeps only weak references.
        self._running: set[asyncio.Task[None]] = set()

    @property
    def stored_bytes(self) -> int:
        """Return how much is held, in bytes, by the count that `max_bytes` bounds."""
        return self._entries.cost + self._passes.cost

    def expire(self, path: bytes | str) -> None:
        """Forget every answer of `path`, also those that are being made: what they say has changed.

        `path` is as it comes in a request: bytes where the server gives the raw path. Looks at every
        key, so it is for changes that are rare beside the requests.
        """
        for key in [key for key in self._entries.keys() if key[0] == path]:
            self._entries.drop(key)
        for key in [key for key in self._flights if key[0] == path]:
            # It still answers those who wait for it; nobody new joins it, and it is not stored.
            del self._flights[key]

    def at_once(self, scope: Scope) -> Answer | None:
        """Return the answer to a request if that takes no run of the application, else None: then call.

        Waits for nothing and sends nothing, so a server may ask before it makes a task for the request.
        """
        request = considered(scope) if scope["method"] == "GET" else None
        entry = self._ready(self._key(scope)) if request is not None else None
        if request is None or entry is None:
            return None
        return self._answer(entry, _coding(request[0]), request[1], scope)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where that is allowed; raise what the application raises."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        answer = self.at_once(scope) or await self._ask(scope, receive, send)
        if answer is not None:
            await send_answer(answer, send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Return the answer once it is there, or None when the request has been answered."""
        request = considered(scope)
        if request is None and (anyones := await self._as_anyone(scope)) is not None:
            scope["headers"] = anyones
            request = considered(scope)
        if request is None:
            await self._app(scope, receive, send)
            return None
        key, coding = self._key(scope), _coding(request[0])
        entry = self._ready(key) or await self._find(key, scope, receive, send)
        if entry is None:
            return None
        answer = self._answer(entry, coding, request[1], scope)
        if answer is None:
            answer = await self._encodings.add(entry, coding)
            if self._entries.get(key) is entry:
                self._keep(key, entry)
        return answer

    def _key(self, scope: Scope) -> Key:
        path = scope.get("raw_path") or scope["path"]
        query = scope["query_string"]
        return path, self._canonical_query(path, query) if query else query

    def _ready(self, key: Key) -> CachedResponse | None:
        """Return the entry if it is fresh, or being refreshed."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        now = self._clock()
        if now < entry.fresh_until:
            self.stats.hits += 1
            return entry
        if now < entry.expires_at and key in self._flights:
            self.stats.stale_hits += 1
            return entry
        return None

    def _answer(
        self, entry: CachedResponse, coding: str, if_none_match: bytes | None, scope: Scope
    ) -> Answer | None:
        """Return what to send of an entry, or None while it is not there in that coding."""
        if entry.scope_keys:
            scope.update(entry.scope_keys)
        answer = entry.answer(coding, if_none_match)
        if answer is not None and answer.status == 304:
            self.stats.not_modified += 1
        return answer

    async def _find(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> CachedResponse | None:
        """Return what is to be sent, or None when the request has been answered here."""
        now = self._clock()
        entry = self._entries.get(key)
        flight = self._flights.get(key)
        if entry is not None and now < entry.expires_at:
            self.stats.stale_hits += 1
            self._depart(key, scope, client=None)
            return entry
        if flight is not None:
            self.stats.waits += 1
            return await self._share(flight, False, scope, receive, send)
        if now < (self._passes.get(key) or 0):
            self.stats.passes += 1
            await self._app(scope, receive, send)
            return None
        self.stats.misses += 1
        flight = self._depart(key, scope, client=(receive, send))
        return await self._share(flight, True, scope, receive, send)

    async def _share(
        self, flight: _Flight, leads: bool, scope: Scope, receive: Receive, send: Send
    ) -> CachedResponse | None:
        try:
            outcome = await (flight.lead() if leads else flight.outcome())
        finally:
            scope.update(self._routing(flight.scope))
        if isinstance(outcome, CachedResponse):
            return outcome
        if outcome is not None:
            await send_answer(self._as_own(outcome, flight.scope, scope), send)
        elif not (leads and flight.is_streaming):
            await self._app(scope, receive, send)
        return None

    def _depart(self, key: Key, scope: Scope, client: tuple[Receive, Send] | None) -> _Flight:
        departed = self._clock()
        flight: _Flight = Flight(
            self._app,
            scope_for_all(scope, key),
            client=client,
            may_gather=_may_gather,
            max_bytes=self._largest,
            on_landing=lambda landing: self._land(key, flight, departed, landing),
            on_failure=self._fail,
        )
        self._flights[key] = flight
        self._running.add(flight.task)
        flight.task.add_done_callback(self._running.discard)
        return flight

    def _land(
        self, key: Key, flight: _Flight, departed: float, landing: Landing
    ) -> CachedResponse | Answer | None:
        """Draw the consequences of a run, and return what those who wait are given."""
        status, headers, body = landing.status, landing.headers, landing.body
        is_current = self._flights.get(key) is flight
        if is_current:
            del self._flights[key]
        if status == 200 and body is not None:
            made = CachedResponse(headers, body, self._routing(flight.scope))
            seconds = storable_seconds(status, headers)
            return self._store(key, departed, seconds, made) if is_current else made
        if is_current:
            self._store_nothing(key, status)
        return None if body is None else make_answer(status, headers, body)

    def _store_nothing(self, key: Key, status: int) -> None:
        if status == 0 or status == 429 or status >= 500:
            self._postpone(key)
            return
        self._entries.drop(key)
        if status < 400:
            cost = _PASS_OVERHEAD_BYTES + size_of(key)
            self._passes.put(key, self._clock() + _PASS_S, cost)

    def _store(
        self, key: Key, departed: float, seconds: float, made: CachedResponse
    ) -> CachedResponse:
        now = self._clock()
        entry = self._entries.get(key)
        if entry is None or not entry.is_same_as(made):
            entry = made
        # From the departure on: what the run read may be as old as that.
        entry.expires_at = departed + min(seconds, self._oldest_s)
        entry.fresh_until = min(now + self._refresh_after_s, entry.expires_at)
        self._entries.drop(key)
        if now < entry.expires_at:
            self.stats.stores += 1
            self._keep(key, entry)
            self._entries.drop_oldest_while(lambda oldest: now >= oldest.expires_at)
        return entry

    def _keep(self, key: Key, entry: CachedResponse) -> None:
        self.stats.evictions += self._entries.put(key, entry, entry.cost + size_of(key))

    def _postpone(self, key: Key) -> None:
        """Keep the old answer until its max-age, without asking a failing application at each hit."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.fresh_until = min(self._clock() + self._refresh_after_s, entry.expires_at)

    def _fail(self, error: Exception) -> None:
        self.stats.failures += 1
        self._on_failure(error)

    def _routing(self, scope: Scope) -> dict[str, Any]:
        return {name: scope[name] for name in self._scope_keys if name in scope}


def _coding(accept_encoding: bytes) -> str:
    return accepted_coding(accept_encoding) if accept_encoding else "identity"


def _may_gather(status: int, headers: Sequence[Header]) -> bool:
    return storable_seconds(status, headers) > 0 or is_shareable_error(status, headers)
