"""The pace at which attendees come: as wished, or as fast as the deployment lets one address join.

This laptop is one address, as a hall behind one router is: a deployment limits those.
"""

import asyncio
import time

_SLOWER = 1.25


class JoinPace:
    """Give each attendee a turn; after a refusal everyone waits, and then comes more slowly."""

    def __init__(self, per_s: float) -> None:
        """Let so many join in a second, until one is refused."""
        self._spacing = 0.0
        self._offered = 1 / per_s
        self._next = 0.0
        self._held_until = 0.0
        self.refusals = 0

    async def turn(self, due: float) -> float:
        """Wait until it is this attendee's turn, at `due` or later, and return when that was."""
        # A refusal meanwhile is for those who come later, too.
        await asyncio.sleep(due - time.perf_counter())
        at = max(due, self._next)
        if self._spacing:
            self._next = at + self._spacing
        await asyncio.sleep(at - time.perf_counter())
        return at

    def refuse(self, retry_after_s: float) -> None:
        """Note that the deployment let somebody in no more, and for how long."""
        self.refusals += 1
        now = time.perf_counter()
        if now >= self._held_until:
            self._spacing = (self._spacing or self._offered) * _SLOWER
            self._held_until = now + retry_after_s
            self._next = max(self._next, self._held_until)
