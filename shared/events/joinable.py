"""The events that can be joined now, kept for one tick: ten thousand arrivals are one query."""

import time

from shared.db.pipeline import read
from shared.db.single_flight import SingleFlight
from shared.errors import NotFound
from shared.events.public_schemas import PublicEvent, PublicSettings
from shared.events.rules import check_live
from shared.latest import Latest
from shared.settings import get_settings

# Columns that are named as the settings are.
_SETTINGS = tuple(PublicSettings.model_fields)
_joinable: Latest[str, tuple[PublicEvent, float]] = Latest()


async def find_joinable_event(join_code: str) -> PublicEvent:
    """Return the live event of this code; raise `NotFound` or `EventNotLive`.

    Another process's change is seen within a tick, this process's own at once. Only a live event is
    kept: whoever is too early is never told so after the start.
    """
    kept = _joinable.get(join_code)
    if kept is not None and time.monotonic() < kept[1]:
        return kept[0]
    return await _reads.find(join_code)


# The event that has not ended with this code, else the last ended one.
_BY_JOIN_CODE = f"""
    SELECT id, join_code, title, status, starts_at, ends_at, created_at, {", ".join(_SETTINGS)}
    FROM events WHERE join_code = :join_code ORDER BY status = 'ended', id DESC LIMIT 1
"""  # nosec B608  # of our own constants


async def _read(join_code: str) -> PublicEvent:
    now = time.monotonic()
    rows = await read(_BY_JOIN_CODE, {"join_code": join_code})
    if not rows:
        raise NotFound("No event has this join code.")
    id, code, title, status, starts_at, ends_at, created_at, *settings = rows[0]
    check_live(status)
    event = PublicEvent(
        id=id,
        join_code=code,
        title=title,
        status=status,
        starts_at=starts_at,
        ends_at=ends_at,
        settings=PublicSettings(**dict(zip(_SETTINGS, settings, strict=True))),
        created_at=created_at,
    )
    _joinable[join_code] = event, now + get_settings().tick_interval_ms / 1000
    return event


_reads = SingleFlight(_read)


def forget(join_code: str) -> None:
    """Ask the database again at the next join; `queries.forget_joinable` does so after a commit."""
    _joinable.pop(join_code, None)
