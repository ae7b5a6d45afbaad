"""Polls and joins per second, each beside what limits it."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from scripts.benchmarks.clients import VOTES_PER_S, vote_steadily
from scripts.benchmarks.deployment import Deployment, bare_server
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.programs import wrk
from scripts.local.failures import StartFailed

_PER_REQUEST = {"date", "x-request-id"}
_CONNECTIONS = 64
# The first votes open connections to the database and make its plans.
_VOTES_SETTLE_S = 1


def polls_ratio(deployment: Deployment, pace: Pace) -> Measured:
    """Measure the snapshot of an event with five entries."""
    return _polls(deployment, pace, "polls_ratio", deployment.changes_path)


def polls_ratio_head(deployment: Deployment, pace: Pace) -> Measured:
    """Measure a poll to which there is nothing new."""
    head = deployment.api().call("GET", deployment.changes_path)["cursor"]
    return _polls(deployment, pace, "polls_ratio_head", f"{deployment.changes_path}?since={head}")


def polls_ratio_busy(deployment: Deployment, pace: Pace) -> Measured:
    """Measure the snapshot while votes come in."""
    tokens = deployment.tokens(int(VOTES_PER_S * pace.seconds * pace.repeats * 4))
    with _voting(deployment, tokens):
        return _polls(deployment, pace, "polls_ratio_busy", deployment.changes_path)


@contextmanager
def _voting(deployment: Deployment, tokens: list[str]) -> Iterator[None]:
    stop = threading.Event()

    def vote() -> None:
        asyncio.run(vote_steadily(deployment.port, deployment.poll, tokens, until=stop.is_set))

    voting = threading.Thread(target=vote)
    voting.start()
    time.sleep(_VOTES_SETTLE_S)
    try:
        yield
    finally:
        stop.set()
        voting.join()


def _polls(deployment: Deployment, pace: Pace, key: str, path: str) -> Measured:
    headers, body = _answer(deployment.port, path)
    ratios, rates = [], []
    with bare_server(deployment.directory, headers, body) as bare:
        for _ in pace.each(key):
            ours = wrk(deployment.base_url + path, **_load(pace))
            limit = wrk(bare + path, **_load(pace))
            ratios.append(ours.per_s / limit.per_s)
            rates.append(ours.per_s)
    return Measured(BY_KEY[key], ratios, BY_KEY[key].goal, f"{median(rates):,.0f}/s")


def _load(pace: Pace) -> dict[str, Any]:
    return {"connections": _CONNECTIONS, "seconds": pace.seconds}


def _answer(port: int, path: str) -> tuple[list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise StartFailed(f"GET {path} answered {response.status}")
    headers = [(k, v) for k, v in response.getheaders() if k.lower() not in _PER_REQUEST]
    return headers, body


def joins_per_s(deployment: Deployment, pace: Pace) -> Measured:
    """Measure joins; the goal is half of the bare callable's rate where the core is slower."""
    script = deployment.directory / "join.lua"
    code = deployment.event["join_code"]
    script.write_text(f"""
wrk.method = "POST"
wrk.body = '{{"join_code": "{code}", "display_name": "Grace"}}'
wrk.headers["Content-Type"] = "application/json"
""")
    rates, limits = [], []
    joined = deployment.api().call("POST", "/v1/join", None, {"join_code": code})
    body = json.dumps(joined).encode()
    headers = [("content-type", "application/json"), ("content-length", str(len(body)))]
    with bare_server(deployment.directory, headers, body) as bare:
        for _ in pace.each("joins_per_s"):
            url = f"{deployment.base_url}/v1/join"
            rates.append(wrk(url, script=script, **_load(pace)).per_s)
            limits.append(wrk(f"{bare}/v1/join", script=script, **_load(pace)).per_s)
    figure = BY_KEY["joins_per_s"]
    half = median(limits) / 2
    return Measured(figure, rates, min(figure.goal, half), f"bare callable {half * 2:,.0f}/s")
