"""A spike on a load balancer that routes real votes by the weights that moto holds.

Behind it are one real server and real `awslambdaric` processes, on one database. Two things are
played: what the server bears (`Server.capacity`, in requests a second, where a real one depends on
the machine that the test runs on), and time, which for alarms and cool-downs runs 120 times as fast.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from handlers.operations import shift_burst
from tests.support.lambda_events import load_balancer_event
from tests.support.lambda_runtime import LambdaContainer
from tests.support.load_balancer import CALM, HOT, LoadBalancer

OPERATION = "cast_vote"
# One minute of the alarms, in seconds of the test.
MINUTE_S = 0.5
# Of the server's capacity; `return_factor` times the lower is below the upper.
HOT_SHARE, CALM_SHARE = 0.8, 0.5
QUEUE_S = 1.0
SERVED, TURNED_AWAY = 200, 503


@dataclass(frozen=True)
class Answered:
    """One request: when it came, seconds since the start, where it went and what became of it."""

    at_s: float
    by: str
    status: int
    took_s: float


@dataclass(frozen=True)
class Minute:
    """What held at the end of a minute."""

    at_s: float
    server_weight: int
    capacity: float


@dataclass
class Server:
    """A real server that is given no more than it bears; who would wait too long is turned away."""

    client: httpx.AsyncClient
    capacity: float
    _free_at: float = 0.0

    async def vote(self, path: str, token: str, ballot: dict[str, list[str]]) -> int:
        now = time.monotonic()
        wait_s = max(self._free_at - now, 0.0)
        if wait_s > QUEUE_S:
            return TURNED_AWAY
        self._free_at = now + wait_s + 1 / self.capacity
        await asyncio.sleep(wait_s)
        headers = {"Authorization": f"Bearer {token}"}
        return (await self.client.put(path, json=ballot, headers=headers)).status_code


@dataclass
class Spike:
    """The load balancer, its targets, its alarms, and how it went."""

    aws: LoadBalancer
    server: Server
    containers: list[LambdaContainer]
    answered: list[Answered] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)
    scales: bool = True
    _began: float = field(default_factory=time.monotonic)
    _weights: tuple[int, int] = (100, 0)
    _arrived: Counter[str] = field(default_factory=Counter)
    _due: float = 0.0

    def begin(self) -> None:
        """Let the first minute begin now."""
        self._began = time.monotonic()

    def now_s(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._began

    async def send(
        self, rate: float, lasts_s: float, tokens: list[str], path: str, option_id: str
    ) -> None:
        """Send votes at a steady rate, each by a participant of its own, and wait for the answers.

        It ends early when the servers have everything again.
        """
        ballot, began = {"option_ids": [option_id]}, time.monotonic()
        async with asyncio.TaskGroup() as requests:
            for number in range(int(rate * lasts_s)):
                await asyncio.sleep(max(began + number / rate - time.monotonic(), 0))
                requests.create_task(self._request(path, tokens.pop(), ballot))
                if self.is_back():
                    break

    async def _request(self, path: str, token: str, ballot: dict[str, list[str]]) -> None:
        at_s, by = self.now_s(), self._target()
        self._arrived[by] += 1
        if by == "servers":
            status = await self.server.vote(path, token, ballot)
        else:
            headers = {"authorization": f"Bearer {token}"}
            event = load_balancer_event("PUT", path, headers=headers, json=ballot)
            status = (await self._next_container().call(event)).status
        self.answered.append(Answered(at_s, by, status, self.now_s() - at_s))

    def _target(self) -> str:
        # Spread evenly, so that a share of a few requests is no matter of luck.
        self._due += self._weights[0] / sum(self._weights)
        if self._due >= 1:
            self._due -= 1
            return "servers"
        return "functions"

    def _next_container(self) -> LambdaContainer:
        self.containers.append(self.containers.pop(0))
        return self.containers[-1]

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Let alarms, autoscaling and the shifting go on, once a minute."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        last_s = 0.0
        for number in itertools.count(1):
            await asyncio.sleep(max(self._began + number * MINUTE_S - time.monotonic(), 0))
            passed_s, last_s = self.now_s() - last_s, self.now_s()
            arrived, self._arrived = self._arrived["servers"] / passed_s, Counter()
            hot = arrived > HOT_SHARE * self.server.capacity
            calm = arrived < CALM_SHARE * self.server.capacity
            self._weights = await asyncio.to_thread(self._minute_passes, hot, calm)
            self.minutes.append(Minute(self.now_s(), self._weights[0], self.server.capacity))
            # Tasks take minutes to start: that is the gap which the functions fill.
            if self.scales and self.now_s() > 6 * MINUTE_S and self.server.capacity < 60:
                self.server.capacity *= 1.4

    def _minute_passes(self, hot: bool, calm: bool) -> tuple[int, int]:
        self.aws.set_alarm(HOT, on=hot)
        self.aws.set_alarm(CALM, on=calm)
        shift_burst.handler({"source": "aws.events"}, None)
        return self.aws.weights(OPERATION)

    def is_back(self) -> bool:
        """Tell whether the servers have everything again, after they had less."""
        weights = [each.server_weight for each in self.minutes]
        return min(weights, default=100) < 100 and weights[-1] == 100

    def failed(self) -> list[Answered]:
        """Return the requests that were not served."""
        return [each for each in self.answered if each.status != SERVED]
