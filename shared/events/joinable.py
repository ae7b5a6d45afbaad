"""The events that can be joined now, kept for one tick: ten thousand arrivals are one query."""

import time
from collections import OrderedDict

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.after_commit import after_commit
from shared.db.engines import read_session
from shared.db.single_flight import SingleFlight
from shared.errors import NotFound
from shared.events.queries import find_event_by_join_code
from shared.events.rules import check_live
from shared.events.schemas import PublicEvent, public_event
from shared.settings import get_settings

_KEPT = 10_000
_joinable: OrderedDict[str, tuple[PublicEvent, float]] = OrderedDict()


async def find_joinable_event(join_code: str) -> PublicEvent:
    """Return the live event of this code; raise `NotFound` or `EventNotLive`.

    Another process's change is seen within a tick, this process's own at once. Only a live event is
    kept: whoever is too early is never told so after the start.
    """
    kept = _joinable.get(join_code)
    if kept is not None and time.monotonic() < kept[1]:
        return kept[0]
    return await _reads.find(join_code)


async def _read(join_code: str) -> PublicEvent:
    now = time.monotonic()
    async with read_session() as session:
        found = await find_event_by_join_code(session, join_code)
    if found is None:
        raise NotFound("No event has this join code.")
    check_live(found.status)
    event = public_event(found)
    _joinable[join_code] = event, now + get_settings().tick_interval_ms / 1000
    if len(_joinable) > _KEPT:
        _joinable.popitem(last=False)
    return event


_reads = SingleFlight(_read)


def forget_joinable(session: AsyncSession, join_code: str) -> None:
    """Ask the database again at the next join after the commit: this process has changed the event."""

    def forget() -> None:
        _joinable.pop(join_code, None)

    after_commit(session, forget)
