"""EventBridge calls it every hour, to erase the events that were kept for as long as they should be.

Whoever has no AWS runs the same by hand or by cron: `python -m handlers.operations.erase_expired`.
It may be stopped at any moment, and goes on where it was the next time.
"""

import asyncio
import json
import time
from typing import Any

from shared.db.engines import close_database
from shared.observability import logger, metrics
from shared.retention import Erasures, erase_expired

# Of a Lambda's time, what is left for the batch under way and for the end.
_RESERVE_S = 15.0


def handler(event: object, context: Any) -> dict[str, int]:
    """Erase what has expired, for as long as the invocation may last; return what came of it.

    Raise `IncompleteErasure` when an event could not be erased, so that the invocation fails and is
    seen; the others are erased all the same.
    """
    time_left_s = context.get_remaining_time_in_millis() / 1000
    return asyncio.run(_erase(time_left_s - _RESERVE_S)).as_dict()


async def _erase(at_most_s: float) -> Erasures:
    deadline = time.monotonic() + at_most_s
    try:
        erasures = await erase_expired(lambda: time.monotonic() < deadline)
    finally:
        await close_database()
    metrics.add("ErasedEvents", erasures.erased, operation="erase_expired")
    metrics.flush_if_due(now=True)
    logger.info("expired events erased", extra=erasures.as_dict())
    erasures.check()
    return erasures


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_erase(at_most_s=float("inf"))).as_dict()))
