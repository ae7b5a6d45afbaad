"""A small cache in front of an ASGI application: popular public answers are made once, not once per client.

It obeys the application's own Cache-Control and ETag, and acts as a part of the origin (so it adds no
Age). Nothing here knows this project: it stands alone with `cached_response` and `single_flight`.

- Considered: GET without credentials (`_BYPASSING`). Everything else passes through untouched.
- Stored: a 200 that says `public` and `max-age`, and varies by nothing but what is in the key.
- For `refresh_after_s` an entry is served as it is; then, until max-age, the old bytes are served at
  once while one run of the application refreshes them; after that, requests wait for the one run.
- A key whose answer may not be stored is remembered for a while, and its requests are not gathered.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.http.cached_response import Answer, CachedResponse, accepted_coding
from shared.http.single_flight import AsgiApp, Flight, OnYourOwn, Receive, Scope, Send

_log = logging.getLogger(__name__)

# Path and query as they came, host and origin: everything that a stored answer may depend on.
Key = tuple[bytes | str, bytes, bytes | None, bytes | None]

_BYPASSING = frozenset(
    b"authorization proxy-authorization cookie range if-match if-unmodified-since "
    b"content-length transfer-encoding upgrade".split()
)
# One entry may not push out everything else.
_LARGEST_SHARE = 8
# Keys known not to be storable: for how long, and in which share of the budget.
_PASS_S = 5.0
_PASS_SHARE = 64
_PASS_OVERHEAD_BYTES = 512
# Up to here gzip takes less than a switch to a thread and back is worth.
_INLINE_ENCODE_BYTES = 16 * 1024

Value = TypeVar("Value")


@dataclass(slots=True)
class CacheStats:
    """What happened so far, as counts of requests unless the name says otherwise.

    Each request that is considered is one of hits, stale_hits, misses, waits and passes. `stores`,
    `evictions` (for want of room) and `failures` (of a run that nobody waited for) count entries and runs.
    """

    hits: int = 0
    stale_hits: int = 0
    misses: int = 0
    waits: int = 0
    passes: int = 0
    not_modified: int = 0
    stores: int = 0
    evictions: int = 0
    failures: int = 0


class MicroCache:
    """Wrap `app`; `stats` and `stored_bytes` are for whoever observes it.

    `max_bytes` bounds keys, bodies and encodings. `scope_keys` names what routing puts on the scope and
    outer layers read (such as "route"): it is put there for stored answers too. `on_failure` is given
    what a run raised that no request waited for; unless given, its type is logged.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        max_bytes: int = 64 * 1024 * 1024,
        refresh_after_s: float = 0.2,
        clock: Callable[[], float] = time.monotonic,
        scope_keys: Sequence[str] = (),
        on_failure: Callable[[Exception], None] | None = None,
    ) -> None:
        self.stats = CacheStats()
        self._app = app
        self._refresh_after_s = refresh_after_s
        self._clock = clock
        self._scope_keys = tuple(scope_keys)
        self._on_failure = on_failure or _log_failure
        self._largest = max_bytes // _LARGEST_SHARE
        self._entries: _Shelf[CachedResponse] = _Shelf(max_bytes - max_bytes // _PASS_SHARE)
        self._passes: _Shelf[float] = _Shelf(max_bytes // _PASS_SHARE)
        self._flights: dict[Key, Flight] = {}
        self._encodings: dict[tuple[CachedResponse, str], asyncio.Future[Answer]] = {}

    @property
    def stored_bytes(self) -> int:
        """Return how many bytes the cache holds, by its own count."""
        return self._entries.cost + self._passes.cost

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where that is allowed; raise what the application raises."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if not _BYPASSING.isdisjoint(headers):
            await self._app(scope, receive, send)
            return
        key: Key = (
            scope.get("raw_path") or scope["path"],
            scope["query_string"],
            headers.get(b"host"),
            headers.get(b"origin"),
        )
        entry = self._entries.get(key)
        if entry is not None and self._clock() < entry.fresh_until:
            self.stats.hits += 1
        else:
            found = await self._find(key, entry, scope, receive, send)
            if found is None:
                return
            if isinstance(found, Answer):
                await _send_answer(found, send)
                return
            entry = found
        if entry.scope_keys:
            scope.update(entry.scope_keys)
        coding = accepted_coding(headers.get(b"accept-encoding", b""))
        answer = entry.answer(coding, headers.get(b"if-none-match"))
        if answer is None:
            answer = await self._encode(key, entry, coding)
        elif answer.status == 304:
            self.stats.not_modified += 1
        await _send_answer(answer, send)

    async def _find(
        self, key: Key, entry: CachedResponse | None, scope: Scope, receive: Receive, send: Send
    ) -> CachedResponse | Answer | None:
        """Return what to answer with, or None when the application has answered itself."""
        now = self._clock()
        flight = self._flights.get(key)
        if entry is not None and now < entry.expires_at:
            self.stats.stale_hits += 1
            self._entries.touch(key)
            if flight is None:
                self._start(key, Flight(self._app, scope, self._largest, born=now))
            return entry
        if flight is not None:
            self.stats.waits += 1
            outcome = await flight.outcome()
            if isinstance(outcome, OnYourOwn):
                await self._app(scope, receive, send)
                return None
            return outcome
        if now < (self._passes.get(key) or 0):
            self.stats.passes += 1
            await self._app(scope, receive, send)
            return None
        self.stats.misses += 1
        flight = Flight(self._app, scope, self._largest, born=now, client=(receive, send))
        self._start(key, flight)
        return await flight.lead(self._scope_keys)

    def _start(self, key: Key, flight: Flight) -> None:
        self._flights[key] = flight
        flight.start(lambda: self._land(key, flight), self._count_failure)

    def _land(self, key: Key, flight: Flight) -> None:
        """Draw the consequences of a run for the entry, before anyone hears of it."""
        del self._flights[key]
        now = self._clock()
        if flight.stored_s:
            flight.response = self._store(key, flight, now)
        elif flight.is_unavailable:
            self._postpone(key, now)
        else:
            self._entries.drop(key)
            if flight.is_private:
                cost = _PASS_OVERHEAD_BYTES + _key_bytes(key)
                self._passes.put(key, now + _PASS_S, cost)

    def _store(self, key: Key, flight: Flight, now: float) -> CachedResponse:
        headers, body = flight.answered
        made = CachedResponse(headers, body, flight.scope_keys(self._scope_keys))
        entry = self._entries.get(key)
        if entry is None or not entry.is_same_as(made):
            entry = made
        entry.expires_at = flight.born + flight.stored_s
        entry.fresh_until = min(now + self._refresh_after_s, entry.expires_at)
        if now < entry.expires_at and self._put(key, entry):
            self.stats.stores += 1
            self._entries.drop_oldest(lambda oldest: now >= oldest.expires_at)
        return entry

    def _postpone(self, key: Key, now: float) -> None:
        """Keep the old answer until its max-age, and do not ask a failing application at every request."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.fresh_until = min(now + self._refresh_after_s, entry.expires_at)
