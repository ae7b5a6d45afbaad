"""Encoding stored responses: each once, however many ask at the same time, and long ones in a thread."""

import asyncio

from shared.http.answer import Answer
from shared.http.cached_response import CachedResponse

# Up to this size gzip is done before a thread would have started.
_INLINE_BYTES = 16 * 1024


class Encodings:
    """Adds to responses the codings that somebody asks for."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[CachedResponse, str], asyncio.Task[Answer]] = {}

    async def add(self, entry: CachedResponse, coding: str) -> Answer:
        """Return the answer in `coding`, which the entry keeps from now on."""
        if len(entry.identity.body) <= _INLINE_BYTES:
            answer = entry.encode(coding)
            entry.keep(coding, answer)
            return answer
        task = self._under_way.get((entry, coding))
        if task is None:
            task = asyncio.create_task(self._add_aside(entry, coding))
            self._under_way[entry, coding] = task
        # Whoever gives up must not take the others' answer away.
        return await asyncio.shield(task)

    async def _add_aside(self, entry: CachedResponse, coding: str) -> Answer:
        try:
            answer = await asyncio.to_thread(entry.encode, coding)
        finally:
            del self._under_way[entry, coding]
        entry.keep(coding, answer)
        return answer
