"""What one participant asks for by itself, amid an audience: what is its own, and a question's place."""

import asyncio
import json
import random
import time
from statistics import median
from uuid import uuid4

from scripts.benchmarks.clients import (
    SETTLED_S,
    Crowd,
    allow_many_connections,
    connect,
    run_clients,
)
from scripts.benchmarks.deployment import Deployment
from scripts.benchmarks.figures import BY_KEY, Measured, percentile
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.programs import wrk
from scripts.local.failures import StartFailed
from scripts.local.terminal import say

# Fewer than the reads that a process which is behind still takes (shared/http/load.py).
_CONNECTIONS = 12
_POLLERS = 1_000
_QUESTIONS, _WITHIN_S = 20, 3.0


def me_per_s(deployment: Deployment, pace: Pace) -> Measured:
    """Measure `/me` of somebody who voted in two polls, upvoted three questions and asked two."""
    token = _somebody(deployment)
    script = deployment.directory / "me.lua"
    script.write_text(f'wrk.headers["Authorization"] = "Bearer {token}"\n')
    url = f"{deployment.base_url}/v1/events/{deployment.event['id']}/me"
    rates, costs = [], []
    for _ in pace.each("me_per_s"):
        before_s = deployment.server_cpu_s()
        answers = wrk(url, connections=_CONNECTIONS, seconds=pace.seconds, script=script)
        costs.append((deployment.server_cpu_s() - before_s) / answers.requests)
        rates.append(answers.per_s)
    figure = BY_KEY["me_per_s"]
    remark = f"{median(costs) * 1e6:,.0f} µs of the server's core each"
    return Measured(figure, rates, figure.goal, remark)


def _somebody(deployment: Deployment) -> str:
    token, other = deployment.tokens(2)
    api, event_path = deployment.api(), f"/v1/events/{deployment.event['id']}"
    for _ in range(2):
        poll = deployment.new_poll()
        ballot = {"option_ids": [poll["options"][0]["id"]]}
        api.call("PUT", f"/v1/polls/{poll['id']}/vote", token, ballot)
    for author in (token, token, other, other, other):
        asked = api.call("POST", f"{event_path}/questions", author, {"body": "Will it rain?"})
        if author == other:
            api.call("PUT", f"/v1/questions/{asked['id']}/upvote", token)
    return token


def ask_p99_ms(deployment: Deployment, pace: Pace) -> Measured:
    """Measure 20 questions that come within 3 s amid 1,000 who poll."""
    allow_many_connections(_POLLERS)
    latencies = run_clients(_ask_amid_a_crowd(deployment, pace))
    figure = BY_KEY["ask_p99_ms"]
    p50, p99 = (percentile(latencies, share) * 1000 for share in (0.5, 0.99))
    return Measured(figure, [p99], figure.goal, f"p50 {p50:.0f} ms")


async def _ask_amid_a_crowd(deployment: Deployment, pace: Pace) -> list[float]:
    latencies: list[float] = []
    path = f"/v1/events/{deployment.event['id']}/questions"

    async def ask(token: str) -> float:
        await asyncio.sleep(random.uniform(0, _WITHIN_S))  # nosec B311
        connection = await connect(deployment.port)
        started = time.perf_counter()
        status, _ = await connection.send(_question(path, token))
        took_s = time.perf_counter() - started
        connection.close()
        if status != 201:
            raise StartFailed(f"a question was answered {status}")
        return took_s

    async with Crowd(deployment.port, deployment.changes_path, _POLLERS) as crowd:
        await asyncio.sleep(SETTLED_S)
        for _ in pace.each("ask_p99_ms"):
            took_s = await asyncio.gather(*map(ask, deployment.tokens(_QUESTIONS)))
            say(f"    {_QUESTIONS} questions, the slowest {max(took_s) * 1000:,.0f} ms")
            latencies += took_s
        if crowd.failed:
            raise StartFailed(f"{crowd.failed} polls failed")
    return latencies


def _question(path: str, token: str) -> bytes:
    # With an Idempotency-Key, as the page sends it.
    body = json.dumps({"body": "Will the slides be shared?"})
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
