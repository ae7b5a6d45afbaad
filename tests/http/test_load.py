"""The degradation ladder: polls grow rarer, then reads are shed, and votes get through."""

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from shared.http.load import LAST_STEP, READS_AT_LAST_STEP, Load, Shedding, watched_load


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def settle(load: Load, clock: Clock, lag_s: float, seconds: float) -> None:
    for _ in range(round(seconds / 0.1)):
        clock.now += 0.1
        load.observe(lag_s)


def test_clients_are_told_to_poll_less_often_as_the_loop_falls_behind() -> None:
    clock = Clock()
    load = Load(clock)
    told = []
    for lag_s in (0.0, 0.1, 0.5):
        settle(load, clock, lag_s, 3)
        told.append(load.poll_after_ms())
    assert told == [2_000, 3_000, 5_000]


def test_one_hiccup_takes_no_step() -> None:
    clock = Clock()
    load = Load(clock)
    load.observe(0.2)
    assert load.step == 0


def test_the_ladder_is_climbed_down_one_step_at_a_time_when_it_is_calm() -> None:
    clock = Clock()
    load = Load(clock)
    settle(load, clock, 0.5, 3)
    steps = []
    for _ in range(4):
        settle(load, clock, 0.0, 4)
        steps.append(load.step)
    assert steps[0] == LAST_STEP
    assert steps[-1] == 0
    assert max(abs(one - next_) for one, next_ in zip(steps, steps[1:], strict=False)) == 1


@pytest.mark.parametrize(("under_way", "step"), [(255, 0), (256, 1), (1_024, 2)])
def test_many_requests_under_way_take_a_step(under_way: int, step: int) -> None:
    load = Load(Clock())
    load.under_way = under_way
    load.observe(0.0)
    assert load.step == step


async def slow_app(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["extensions"]["gate"].wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_reads_are_shed_before_votes_at_the_last_step_only() -> None:
    load = Load(Clock())
    gate = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {"gate": gate}
        scope["state"] = {"request_id": "one"}
        await Shedding(slow_app, load)(scope, receive, send)

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ovation.test") as client:
        waiting = [asyncio.create_task(client.get("/v1/x")) for _ in range(READS_AT_LAST_STEP)]
        while load.reads_under_way < READS_AT_LAST_STEP:
            await asyncio.sleep(0)
        calm = asyncio.create_task(client.get("/v1/x"))
        await asyncio.sleep(0)
        load.step = LAST_STEP
        refused = await client.get("/v1/x")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        assert refused.headers["content-type"] == "application/problem+json"
        vote = asyncio.create_task(client.put("/v1/polls/1/vote"))
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(*waiting, calm, vote)
    assert {answer.status_code for answer in answers} == {200}
    assert (load.under_way, load.reads_under_way) == (0, 0)


async def test_the_loop_is_watched_while_the_server_runs() -> None:
    seen: list[float] = []

    class Seen(Load):
        def observe(self, lag_s: float) -> None:
            seen.append(lag_s)

    async with watched_load(Seen()):
        while not seen:
            await asyncio.sleep(0.02)
    count = len(seen)
    await asyncio.sleep(0.15)
    assert len(seen) == count
