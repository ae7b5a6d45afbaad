"""Who starts the tick: whoever reads the feed, at most once per interval and event in each process.

To find out whether it is due is one statement. To publish takes the tables and rules of everything that
is counted, so a function that only reads starts without them (docs/performance.md).
"""

import time
from uuid import UUID

from shared.db.pipeline import read
from shared.db.retry import is_unavailable
from shared.due import IS_DUE, due_parameters
from shared.errors import NotFound
from shared.latest import Latest
from shared.settings import get_settings

# When this process last looked, by event: what keeps statements independent of the audience.
_looked: Latest[UUID, float] = Latest()


async def tick_if_due(event_id: UUID) -> None:
    """Publish the event's moved counters and what expired; at most once an interval in all processes.

    That it cannot write now, for a conflict or want of a connection, is no error for whoever reads:
    the next reader's tick publishes as much.
    """
    if not _first_look(event_id):
        return
    [(is_due,)] = await read(IS_DUE, due_parameters(event_id)) or [(False,)]
    if not is_due:
        return
    # Imported here: of all the functions that read, one an interval publishes.
    from shared.tick import publish_moved

    try:
        await publish_moved(event_id)
    except NotFound:
        return
    except Exception as error:
        if not is_unavailable(error):
            raise


def _first_look(event_id: UUID) -> bool:
    interval_s = get_settings().tick_interval_ms / 1000
    now = time.monotonic()
    last = _looked.get(event_id)
    if last is not None and now - last < interval_s:
        return False
    _looked[event_id] = now
    return True
