"""What everyone in the rehearsal shares: where it is, what it does now, what is measured of it."""

import asyncio
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scripts.rehearsal.failures import NoAnswer
from scripts.rehearsal.http_client import Answer, Client
from scripts.rehearsal.join_pace import JoinPace
from scripts.rehearsal.measurements import Measurements
from scripts.rehearsal.origin import Origin
from scripts.rehearsal.recount import Applause
from scripts.rehearsal.visibility import Visibility

# Waits between tries where the server names none, and the longest that it may name.
_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_LATENESS_EVERY_S = 0.1


@dataclass
class Hall:
    """One rehearsal's event, audience and measurements."""

    origin: Origin
    event_id: str
    join_code: str
    measurements: Measurements
    visibility: Visibility
    pace: JoinPace
    # How long people think before they vote or upvote, seconds.
    think_s: float = 1.0
    upvoting: float = 0.0
    arrived: int = 0
    doing: str = ""
    votes: int = 0
    reactions: Applause = field(default_factory=Applause)
    too_late: int = 0
    # perf_counter's seconds at which whoever is still outside gives up.
    doors_close_at: float = field(default_factory=lambda: time.perf_counter() + 120)

    def new_client(self) -> Client:
        """Return a connection of one's own."""
        return Client(self.origin, self.measurements.traffic)

    async def request(
        self,
        client: Client,
        operation: str,
        call: str,
        *,
        headers: Mapping[str, str],
        due: float,
        body: bytes | None = None,
        expected: Collection[int | str] = (),
        counts_twice: bool = False,
    ) -> Answer:
        """Send `call` ("GET /path"), measured from `due`; raise `NoAnswer`, after noting it.

        An answer of 400 and above is an error, unless its status or code is `expected`.
        """
        method, path = call.split(" ", 1)
        outcome: Answer | NoAnswer
        try:
            outcome = await client.send(method, path, headers, body, counts_twice=counts_twice)
            if outcome.status == 200 and not isinstance(outcome.json, dict):  # a portal's page, say
                outcome = NoAnswer("no JSON")
        except NoAnswer as failure:
            outcome = failure
        now = time.perf_counter()
        is_error = isinstance(outcome, NoAnswer) or (
            outcome.status >= 400
            and outcome.status not in expected
            and outcome.code not in expected
        )
        self.measurements.record(operation, due, now, outcome, is_error=is_error)
        if isinstance(outcome, NoAnswer):
            raise outcome
        return outcome

    async def watch_lateness(self) -> None:
        """Measure for ever how late this computer is: a laptop at its limit measures itself."""
        while True:
            due = time.perf_counter() + _LATENESS_EVERY_S
            await asyncio.sleep(_LATENESS_EVERY_S)
            self.measurements.lateness.add(time.perf_counter() - due)


async def pause(answer: Answer | None) -> None:
    """Wait as long as the server asks, or a moment when it does not say."""
    wait_s = answer.retry_after_s if answer else None
    await asyncio.sleep(min(_PAUSE_S if wait_s is None else wait_s, _LONGEST_PAUSE_S))


async def cancel(tasks: Collection[asyncio.Task[Any]]) -> None:
    """End tasks, and wait until they have."""
    ending = list(tasks)  # those that end may leave the collection
    for task in ending:
        task.cancel()
    for task in ending:
        with suppress(asyncio.CancelledError):
            await task
