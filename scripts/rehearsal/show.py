"""The script of the show: people arrive, polls are opened and closed, questions are asked in between."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from scripts.rehearsal.attendee import Attendee
from scripts.rehearsal.ballots import poll_to_ask
from scripts.rehearsal.failures import RehearsalFailed
from scripts.rehearsal.hall import Hall, cancel
from scripts.rehearsal.host import Host

# Parts of a round: the poll is open, then people talk.
_OPEN = 0.65
_ROUND_S = 40.0
_FEWEST_ROUNDS = 2
_MOST_THINKING_S = 6.0
_MOST_QUESTIONS = 20
_UPVOTES_EACH = 2
_REACTING = 0.5
# How long the last answers and the last screens may take once the show is over, seconds.
_CURTAIN_S = 15.0
_LONGEST_ARRIVAL_S = 60.0
# Time for those whom the deployment's limit keeps outside, beyond the arrival that was planned.
_LATE_S = 120.0


@dataclass(frozen=True)
class Plan:
    """When things happen, in seconds."""

    attendees: int
    arrival_s: float
    rounds: int
    round_s: float

    @property
    def total_s(self) -> float:
        """How long it takes when nobody is late."""
        return self.arrival_s + self.rounds * self.round_s


def plan_show(attendees: int, minutes: float) -> Plan:
    """Return the plan of a show: a fifth for arriving, a minute at most, then rounds of about 40 s."""
    total_s = minutes * 60
    arrival_s = min(total_s / 5, _LONGEST_ARRIVAL_S)
    left_s = total_s - arrival_s
    rounds = max(_FEWEST_ROUNDS, round(left_s / _ROUND_S))
    return Plan(attendees, arrival_s, rounds, left_s / rounds)


@dataclass(frozen=True)
class Phase:
    """A piece of the show as the pictures mark it; times in seconds since its start."""

    name: str
    start_s: float
    end_s: float


@contextmanager
def _without_collections() -> Iterator[None]:
    """Spare the arrival the garbage collector, and the time after it a look at all who came.

    With thousands of attendees each full collection takes a third of a second, in which all of them
    are late.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@dataclass
class Show:
    """The show under way; `polls` as they were made, in order."""

    hall: Hall
    host: Host
    plan: Plan
    offers_reactions: bool
    say: Callable[[str], None]
    attendees: list[Attendee] = field(default_factory=list)
    polls: list[Mapping[str, Any]] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    arrival_took_s: float = 0.0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _chance: Random = field(default_factory=lambda: Random(0))  # nosec B311  # no secret

    async def run(self) -> None:
        """Go through the whole show; afterwards every vote is answered and every screen had its time."""
        self.attendees = [Attendee(self.hall, number) for number in range(self.plan.attendees)]
        self._tasks = [asyncio.create_task(self.hall.watch_lateness())]
        try:
            with _without_collections():
                await self._let_in()
            for number in range(self.plan.rounds):
                poll = await self._poll(number)
                await self._talk(number)
                self.polls.append(poll)
            await self._curtain()
        finally:
            await cancel(self._tasks)

    async def _let_in(self) -> None:
        hall, plan = self.hall, self.plan
        start = time.perf_counter()
        hall.doors_close_at = start + plan.arrival_s + _LATE_S
        self._announce(f"{plan.attendees:,} attendees arrive in {plan.arrival_s:.0f} s")
        spacing = plan.arrival_s / plan.attendees
        arriving = [
            asyncio.create_task(attendee.attend(start + number * spacing))
            for number, attendee in enumerate(self.attendees)
        ]
        self._tasks += arriving
        while hall.arrived < plan.attendees and time.perf_counter() < hall.doors_close_at:
            if all(task.done() for task in arriving):
                break
            await asyncio.sleep(0.05)
        self.arrival_took_s = time.perf_counter() - start
        self._note("arrival", start)
        if hall.pace.refusals:
            self.say(
                f"This deployment limits how many join from one address: it took "
                f"{self.arrival_took_s:.0f} s instead of {plan.arrival_s:.0f} s."
            )
        if not hall.arrived:
            reasons = hall.measurements.errors.most_common(1)
            raise RehearsalFailed(
                f"nobody could join: {reasons[0][0][1] if reasons else 'no turn'}"
            )
        await asyncio.sleep(max(0.0, start + plan.arrival_s - time.perf_counter()))

    async def _poll(self, number: int) -> Mapping[str, Any]:
        hall, start = self.hall, time.perf_counter()
        open_s = self.plan.round_s * _OPEN
        hall.think_s = min(open_s / 3, _MOST_THINKING_S)
        path = f"/v1/events/{hall.event_id}/polls"
        poll: Mapping[str, Any] = await self.host.call("POST", path, poll_to_ask(number))
        hall.visibility.open(poll["id"], time.perf_counter())
        await self.host.call("PATCH", f"/v1/polls/{poll['id']}", {"status": "open"})
        hall.visibility.open(poll["id"], time.perf_counter())
        self._announce(f"Poll {number + 1} of {self.plan.rounds} is open: {poll['prompt']}")
        await self._until(start + open_s, lambda: self._show_votes(number, poll["id"]))
        await self.host.call("PATCH", f"/v1/polls/{poll['id']}", {"status": "closed"})
        voters = hall.visibility.voters_of(poll["id"])
        self.say(f"Poll {number + 1} is closed: {voters:,} of {hall.arrived:,} voted")
        self._note("poll", start)
        return poll

    def _show_votes(self, number: int, poll_id: str) -> None:
        voters = self.hall.visibility.voters_of(poll_id)
        self.hall.doing = (
            f"Poll {number + 1} of {self.plan.rounds} is open: "
            f"{voters:,} of {self.hall.arrived:,} voted"
        )

    async def _talk(self, number: int) -> None:
        hall, start = self.hall, time.perf_counter()
        talk_s = self.plan.round_s * (1 - _OPEN)
        hall.think_s = min(talk_s / 3, _MOST_THINKING_S)
        inside = [attendee for attendee in self.attendees if attendee.token]
        asking = self._chance.sample(
            inside, min(len(inside), max(2, min(_MOST_QUESTIONS, len(inside) // 50)))
        )
        hall.upvoting = min(1.0, _UPVOTES_EACH / max(1, len(asking)))
        self._announce(f"Questions, upvotes{' and reactions' if self.offers_reactions else ''}")
        for position, attendee in enumerate(asking):
            attendee.act(attendee.ask(f"Question {position + 1} after poll {number + 1}?"))
        if self.offers_reactions:
            for attendee in inside:
                if self._chance.random() < _REACTING:
                    attendee.act(attendee.react())
        await self._until(start + talk_s)
        self._note("questions", start)

    async def _curtain(self) -> None:
        """Wait until everything is answered and every screen shows the last result, or long enough."""
        start = time.perf_counter()
        self._announce("The last answers come in")
        inside = [attendee for attendee in self.attendees if attendee.watch]
        await self._until(start + _CURTAIN_S, is_over=lambda: not any(a.is_busy for a in inside))
        await self._until(start + _CURTAIN_S, is_over=lambda: not self.screens_behind())
        self._note("curtain", start)

    def screens_behind(self) -> int:
        """Return how many attendees' screens miss a poll's final result."""
        polls = {poll["id"] for poll in self.polls}
        watches = [attendee.watch for attendee in self.attendees]
        return sum(not polls <= watch.final.keys() for watch in watches if watch is not None)

    async def _until(
        self,
        at: float,
        meanwhile: Callable[[], None] = lambda: None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        while (left_s := at - time.perf_counter()) > 0 and not is_over():
            meanwhile()
            await asyncio.sleep(min(left_s, 0.25))

    def _announce(self, doing: str) -> None:
        self.hall.doing = doing
        self.say(doing)

    def _note(self, name: str, start: float) -> None:
        began = self.hall.measurements.started_at
        self.phases.append(Phase(name, start - began, time.perf_counter() - began))
