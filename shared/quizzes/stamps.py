"""Stamps: how the server measures a participant's round trip, without keeping anything.

A stamp is the server's time, signed. Who sends it back at once shows how long a round trip takes, by
the server's clock alone; the next stamp carries the shortest one so far (decision 0040). A client can
claim nothing. It can dawdle, which no measurement tells from a slow network: so what the shortest
round trip is credited with has a bound.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.secrets import SigningKeys, current_signing_keys, signing_keys_for

# The most that an answer is credited with, ms: longer round trips are credited with this.
MOST_CREDIT_MS = 500
# A stamp that comes back later than this was not sent back at once, and measures nothing.
_LONGEST_ROUND_TRIP_MS = 2_000
# A network may be another one after that.
_LIFE_MS = 15 * 60 * 1_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """When it was made, ms since the epoch, and the shortest round trip until then, ms."""

    made_ms: int
    round_trip_ms: int | None

    def next(self, now_ms: int) -> "Stamp":
        """Return the stamp that answers this one, which came back now."""
        took_ms = now_ms - self.made_ms
        known = [each for each in (self.round_trip_ms,) if each is not None]
        if 0 <= took_ms <= _LONGEST_ROUND_TRIP_MS:
            known.append(took_ms)
        return Stamp(now_ms, min(known, default=None))


async def next_stamp(participant_id: UUID, text: str | None, now: datetime) -> Stamp:
    """Return the stamp that follows what the participant sent back, a first one when that is none."""
    stamp = await read_stamp(participant_id, text, now)
    return Stamp(_in_ms(now), None) if stamp is None else stamp.next(_in_ms(now))


async def credit_ms(participant_id: UUID, text: str | None, now: datetime) -> int:
    """Return what an answer that comes with this stamp is credited with, ms; 0 without a valid one."""
    stamp = await read_stamp(participant_id, text, now) if text else None
    return 0 if stamp is None else min(stamp.round_trip_ms or 0, MOST_CREDIT_MS)


def _in_ms(time: datetime) -> int:
    return int(time.timestamp() * 1_000)


async def sign_stamp(participant_id: UUID, stamp: Stamp) -> str:
    """Return the stamp as its participant carries it."""
    keys = await current_signing_keys()
    shortest = "" if stamp.round_trip_ms is None else str(stamp.round_trip_ms)
    signed = f"{stamp.made_ms}.{shortest}"
    return f"{signed}.{_sign(keys.keys[keys.current], participant_id, signed)}.{keys.current}"


async def read_stamp(participant_id: UUID, text: str | None, now: datetime) -> Stamp | None:
    """Return the stamp, None for one that is another's, altered, too old, or no stamp at all.

    Whoever sends such a one is treated as if it had sent none: no answer is lost for it.
    """
    made, _, rest = (text or "").partition(".")
    shortest, _, rest = rest.partition(".")
    signature, _, key_id = rest.partition(".")
    if not (key_id and signature.isascii()):
        return None
    keys: SigningKeys = await signing_keys_for(key_id)
    if not _is_signed(keys.keys, key_id, participant_id, f"{made}.{shortest}", signature):
        return None
    stamp = Stamp(int(made), int(shortest) if shortest else None)
    return stamp if _in_ms(now) - stamp.made_ms <= _LIFE_MS else None


def _is_signed(
    keys: Mapping[str, bytes], key_id: str, participant_id: UUID, signed: str, signature: str
) -> bool:
    key = keys.get(key_id)
    return key is not None and hmac.compare_digest(_sign(key, participant_id, signed), signature)


def _sign(key: bytes, participant_id: UUID, signed: str) -> str:
    # No participant token is signed over a text with a space.
    text = f"round trip {participant_id} {signed}".encode()
    return hmac.digest(key, text, hashlib.sha256).hex()
