"""How fast one participant or one address may be.

Limits are per participant wherever there is one: a conference hall is one address. They are counted
in the process: exact for one worker, and never stricter than the setting for several.
"""

import time
from collections.abc import Callable, Hashable
from uuid import UUID

from shared.db.per_loop import PerLoop
from shared.errors import RateLimited
from shared.settings import get_settings


class TokenBucket:
    """Let each caller through `rate_per_s` times a second, and `burst` times at once.

    The generic cell rate algorithm (ITU-T I.371): all that is kept of a caller is the time at which
    its bucket will be full again. A full bucket is forgotten: callers lie in two generations, and
    the older one is dropped when all in it are full, so memory follows the recent callers only.
    """

    def __init__(
        self, rate_per_s: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = 1 / rate_per_s
        self._depth = burst / rate_per_s
        self._clock = clock
        self._young: dict[Hashable, float] = {}
        self._old: dict[Hashable, float] = {}
        self._turned_at = clock()

    def take(self, caller: Hashable) -> None:
        """Take one token; raise `RateLimited` and take none when the caller has none left."""
        now = self._clock()
        if now - self._turned_at > self._depth:
            self._old = self._young if now - self._turned_at <= 2 * self._depth else {}
            self._young = {}
            self._turned_at = now
        full_at = self._young.get(caller) or self._old.get(caller, now)
        full_at = (full_at if full_at > now else now) + self._interval
        if full_at - now > self._depth + 1e-9:
            raise RateLimited(retry_after_s=max(1, round(full_at - now - self._depth)))
        self._young[caller] = full_at


def _participant_writes() -> TokenBucket:
    rate = get_settings().participant_writes_per_s
    return TokenBucket(rate, 2 * rate)


def _participant_reactions() -> TokenBucket:
    rate = get_settings().participant_reactions_per_s
    return TokenBucket(rate, rate)


def _address_joins() -> TokenBucket:
    rate = get_settings().address_joins_per_s
    return TokenBucket(rate, rate)


def _address_bad_credentials() -> TokenBucket:
    rate = get_settings().address_bad_credentials_per_s
    return TokenBucket(rate, rate)


PARTICIPANT_WRITES = PerLoop(_participant_writes)
PARTICIPANT_REACTIONS = PerLoop(_participant_reactions)
ADDRESS_JOINS = PerLoop(_address_joins)
ADDRESS_BAD_CREDENTIALS = PerLoop(_address_bad_credentials)


def limit_participant_writes(participant_id: UUID) -> None:
    """Raise `RateLimited` when the participant writes faster than the setting allows."""
    PARTICIPANT_WRITES.get().take(participant_id.int)


def limit_reactions(participant_id: UUID) -> None:
    """Raise `RateLimited` when the participant sends reactions faster than the setting allows."""
    PARTICIPANT_REACTIONS.get().take(participant_id.int)


def limit_joins(address: str) -> None:
    """Raise `RateLimited` when an address joins faster than the setting allows."""
    ADDRESS_JOINS.get().take(address)


def limit_bad_credentials(address: str) -> None:
    """Raise `RateLimited` when an address is refused more often than the setting allows."""
    ADDRESS_BAD_CREDENTIALS.get().take(address)
