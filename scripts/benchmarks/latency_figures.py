"""How soon a vote is seen, and how long it takes when the server is half busy."""

import asyncio
import json
import random
import time

from scripts.benchmarks.clients import Connection, connect, get_request, run_clients, vote_request
from scripts.benchmarks.deployment import Deployment
from scripts.benchmarks.figures import BY_KEY, Measured, percentile
from scripts.benchmarks.pace import Pace
from scripts.local.failures import StartFailed
from scripts.local.terminal import say

_FOLLOW_S = 0.02
_OPEN_CONNECTIONS = 256


def visible_p99_ms(deployment: Deployment, pace: Pace) -> Measured:
    """Measure from a vote's 2xx to the first poll that counts it, without a client's own interval."""
    say("  visible_p99_ms")
    count = max(40, int(pace.crowd_s * 20))
    delays = run_clients(_visible_delays(deployment, count))
    figure = BY_KEY["visible_p99_ms"]
    p50, p99 = (percentile(delays, share) * 1000 for share in (0.5, 0.99))
    return Measured(figure, [p99], figure.goal, f"p50 {p50:.0f} ms")


async def _visible_delays(deployment: Deployment, count: int) -> list[float]:
    poll = await asyncio.to_thread(deployment.new_poll)
    tokens = deployment.tokens(count)
    voter, reader = await connect(deployment.port), await connect(deployment.port)
    acknowledged: list[float] = []
    seen: list[float] = []

    async def follow() -> None:
        cursor = ""
        while len(seen) < count:
            since = f"?since={cursor}" if cursor else ""
            status, body = await reader.send(get_request(deployment.changes_path + since))
            now = time.perf_counter()
            if status != 200:
                raise StartFailed(f"a poll answered {status}")
            page = json.loads(body)
            cursor = page["cursor"]
            for change in page["changes"]:
                if change["type"] == "poll_results" and change["id"] == poll["id"]:
                    seen.extend([now] * (change["data"]["voters"] - len(seen)))
            await asyncio.sleep(_FOLLOW_S)

    following = asyncio.create_task(follow())
    for number, token in enumerate(tokens):
        await asyncio.sleep(random.uniform(0, 0.1))  # nosec B311  # no secret
        status, _ = await voter.send(vote_request(poll, token, number % 4))
        if status != 200:
            raise StartFailed(f"a vote answered {status}")
        acknowledged.append(time.perf_counter())
    await asyncio.wait_for(following, 30)
    voter.close()
    reader.close()
    return [max(0.0, at - since) for at, since in zip(seen, acknowledged, strict=True)]


def open_p99_ms(deployment: Deployment, pace: Pace) -> Measured:
    """Measure votes that come at their own times, half as many as the server can take."""
    say("  open_p99_ms")
    latencies = run_clients(_open_latencies(deployment, pace))
    figure = BY_KEY["open_p99_ms"]
    p50, p99, p999 = (percentile(latencies, share) * 1000 for share in (0.5, 0.99, 0.999))
    return Measured(figure, [p99], figure.goal, f"p50 {p50:.1f} ms, p99.9 {p999:.1f} ms")


async def _open_latencies(deployment: Deployment, pace: Pace) -> list[float]:
    connections = [await connect(deployment.port) for _ in range(_OPEN_CONNECTIONS)]
    capacity = await _closed_rate(deployment, connections[:64], pace.seconds)
    rate = capacity / 2
    say(f"    {capacity:,.0f} votes/s of 64 who wait for each answer; now {rate:,.0f}/s in time")
    poll = await asyncio.to_thread(deployment.new_poll)
    count = int(rate * pace.seconds * 2)
    requests = [
        vote_request(poll, token, number % 4)
        for number, token in enumerate(deployment.tokens(count))
    ]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)
    latencies: list[float] = []

    async def cast(request: bytes, due: float) -> None:
        connection = await free.get()
        status, _ = await connection.send(request)
        # From when it was to be sent, so that a stall is felt by all who had to wait behind it.
        latencies.append(time.perf_counter() - due)
        free.put_nowait(connection)
        if status != 200:
            raise StartFailed(f"a vote answered {status}")

    started = time.perf_counter() + 0.1
    casting = []
    for number, request in enumerate(requests):
        due = started + number / rate
        while (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(min(ahead, 0.002))
        casting.append(asyncio.create_task(cast(request, due)))
    await asyncio.gather(*casting)
    for connection in connections:
        connection.close()
    return latencies


async def _closed_rate(
    deployment: Deployment, connections: list[Connection], seconds: float
) -> float:
    poll = await asyncio.to_thread(deployment.new_poll)
    tokens = iter(deployment.tokens(int(seconds * 12_000)))
    until = time.perf_counter() + seconds
    cast = 0

    async def keep_voting(connection: Connection) -> None:
        nonlocal cast
        while time.perf_counter() < until:
            token = next(tokens, None)
            if token is None:
                return
            await connection.send(vote_request(poll, token, cast % 4))
            cast += 1

    await asyncio.gather(*(keep_voting(connection) for connection in connections))
    return cast / seconds
