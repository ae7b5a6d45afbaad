"""How fast one participant or one address may be.

Limits are per participant wherever there is one: a conference hall is one address.
"""

from functools import lru_cache

from limits import RateLimitItemPerSecond
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from shared.errors import RateLimited
from shared.settings import get_settings


@lru_cache(maxsize=1)
def _limiter() -> MovingWindowRateLimiter:
    storage = storage_from_string(get_settings().rate_limit_storage_url)
    if not isinstance(storage, Storage):
        raise ValueError("RATE_LIMIT_STORAGE_URL must begin with async+")
    return MovingWindowRateLimiter(storage)


async def limit_participant_writes(participant_id: str) -> None:
    """Raise `RateLimited` when the participant writes faster than the setting allows.

    Counted over two seconds, so that a burst of twice the rate passes.
    """
    await _hit(2 * get_settings().participant_writes_per_s, 2, "writes", participant_id)


async def limit_joins(address: str) -> None:
    """Raise `RateLimited` when an address joins faster than the setting allows."""
    await _hit(get_settings().address_joins_per_s, 1, "joins", address)


async def limit_bad_credentials(address: str) -> None:
    """Raise `RateLimited` when an address is refused more often than the setting allows."""
    await _hit(get_settings().address_bad_credentials_per_s, 1, "credentials", address)


async def _hit(amount: int, seconds: int, limit: str, caller: str) -> None:
    if not await _limiter().hit(RateLimitItemPerSecond(amount, seconds), limit, caller):
        raise RateLimited(retry_after_s=seconds)
