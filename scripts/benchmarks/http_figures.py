"""Polls, votes and joins per second, each beside what limits it."""

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from scripts.benchmarks.clients import vote_steadily
from scripts.benchmarks.deployment import Deployment, bare_server
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.programs import WrkResult, pgbench, wrk
from scripts.local.failures import StartFailed
from scripts.local.terminal import say

_PER_REQUEST = {"date", "x-request-id"}
_CONNECTIONS = 64


def polls_ratio(deployment: Deployment, pace: Pace) -> Measured:
    """Measure the snapshot of an event with five entries."""
    return _polls(deployment, pace, "polls_ratio", deployment.changes_path)


def polls_ratio_head(deployment: Deployment, pace: Pace) -> Measured:
    """Measure a poll to which there is nothing new."""
    head = deployment.api().call("GET", deployment.changes_path)["cursor"]
    return _polls(deployment, pace, "polls_ratio_head", f"{deployment.changes_path}?since={head}")


def polls_ratio_busy(deployment: Deployment, pace: Pace) -> Measured:
    """Measure the snapshot while votes come in."""
    tokens = deployment.tokens(int(20 * pace.seconds * pace.repeats * 4))
    with _voting(deployment, tokens):
        return _polls(deployment, pace, "polls_ratio_busy", deployment.changes_path)


@contextmanager
def _voting(deployment: Deployment, tokens: list[str]) -> Iterator[None]:
    stop = threading.Event()

    def vote() -> None:
        steadily = vote_steadily(
            deployment.port, deployment.poll, tokens, per_s=20, until=stop.is_set
        )
        asyncio.run(steadily)

    voting = threading.Thread(target=vote)
    voting.start()
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
            ours = _clean(wrk(deployment.base_url + path, **_load(pace)))
            limit = _clean(wrk(bare + path, **_load(pace)))
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


def _clean(result: WrkResult) -> WrkResult:
    if result.refused:
        raise StartFailed(f"{result.refused} of {result.requests} requests were refused")
    return result


def votes_ratio(deployment: Deployment, pace: Pace, connections: int) -> Measured:
    """Measure acknowledged votes of new participants beside pgbench's upserts into the same table."""
    key = f"votes_ratio_{connections}"
    scripts = _PgbenchScripts(deployment)
    ratios, rates, costs = [], [], []
    for _ in pace.each(key):
        poll = deployment.new_poll()
        tokens = deployment.tokens(int(pace.seconds * 14_000))
        script = _vote_script(deployment.directory, poll, tokens)
        before_s = deployment.server_cpu_s()
        votes = _clean(
            wrk(
                deployment.base_url,
                connections=connections,
                seconds=pace.seconds,
                script=script,
            )
        )
        costs.append((deployment.server_cpu_s() - before_s) / votes.requests)
        _check_count(deployment, poll, votes.requests, connections)
        upserts = scripts.run(connections, pace.seconds)
        ratios.append(votes.per_s / upserts)
        rates.append(votes.per_s)
    remark = f"{median(rates):,.0f} votes/s, {median(costs) * 1e6:.0f} µs of the server's core each"
    return Measured(BY_KEY[key], ratios, BY_KEY[key].goal, remark)


def _check_count(deployment: Deployment, poll: dict[str, Any], seen: int, under_way: int) -> None:
    """Raise `StartFailed` unless the final tally is the rows, and holds every acknowledged vote."""
    deployment.close_poll(poll)
    path = f"/v1/polls/{poll['id']}/results"
    results = deployment.api().call("GET", path, deployment.organizer_key)
    rows = deployment.query(
        f"SELECT count(*) FROM votes WHERE poll_id = '{poll['id']}'"  # nosec B608  # our own id
    )
    tally = sum(tally["votes"] for tally in results["tallies"])
    # wrk stops with a request under way on each connection: those may be committed, or not.
    if not (results["voters"] == tally == rows and seen <= rows <= seen + under_way):
        raise StartFailed(f"{seen} votes acknowledged, {rows} rows, {tally} counted")
    say(f"    {seen:,} votes acknowledged, {rows:,} rows, {tally:,} counted")


def _vote_script(directory: Path, poll: dict[str, Any], tokens: Sequence[str]) -> Path:
    (directory / "tokens").write_text("\n".join(tokens))
    options = ", ".join(f'"{option["id"]}"' for option in poll["options"])
    script = directory / "vote.lua"
    script.write_text(f"""
local tokens = {{}}
for line in io.lines("{directory / "tokens"}") do tokens[#tokens + 1] = line end
local options = {{ {options} }}
local n = 0
request = function()
  n = n + 1
  local headers = {{
    ["Authorization"] = "Bearer " .. tokens[(n - 1) % #tokens + 1],
    ["Content-Type"] = "application/json",
  }}
  local body = '{{"option_ids": ["' .. options[n % #options + 1] .. '"]}}'
  return wrk.format("PUT", "/v1/polls/{poll["id"]}/vote", headers, body)
end
""")
    return script


class _PgbenchScripts:
    """The reference: one prepared upsert of a vote per transaction."""

    _VOTERS = 20_000
    _ID = "('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid"

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        event_id = deployment.event["id"]
        deployment.query(f"""
            WITH voters AS (
                INSERT INTO participants (id, event_id, display_name)
                SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
                       '{event_id}', 'Grace'
                FROM generate_series(1, {self._VOTERS}) AS n
                ON CONFLICT DO NOTHING RETURNING id
            ) SELECT count(*) FROM voters
        """)  # nosec B608  # our own id
        self._url = deployment.cluster.url("ovation")

    def run(self, clients: int, seconds: float) -> float:
        """Return upserts per second into the votes of a new poll."""
        poll = self._deployment.new_poll()
        option = poll["options"][0]["id"]
        script = self._deployment.directory / "upsert.sql"
        ballot = json.dumps({"option_ids": [option]})
        counts = json.dumps({"voters": 1, f"option:{option}": 1})
        script.write_text(
            f"\\set n random(1, {self._VOTERS})\n"  # nosec B608  # our own ids
            "INSERT INTO votes (poll_id, participant_id, ballot, counts) "
            f"VALUES ('{poll['id']}', {self._ID}, '{ballot}', '{_without_variables(counts)}') "
            "ON CONFLICT (poll_id, participant_id) DO UPDATE "
            "SET ballot = excluded.ballot, counts = excluded.counts, cast_at = now();\n"
        )
        cluster = self._deployment.cluster
        return pgbench(cluster.binaries, self._url, script, clients=clients, seconds=seconds)


def _without_variables(text: str) -> str:
    # pgbench takes a colon and a name for a variable, also within quotes.
    return text.replace("option:", "option\\u003a")


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
            rates.append(_clean(wrk(url, script=script, **_load(pace))).per_s)
            limits.append(_clean(wrk(f"{bare}/v1/join", script=script, **_load(pace))).per_s)
    figure = BY_KEY["joins_per_s"]
    half = median(limits) / 2
    return Measured(figure, rates, min(figure.goal, half), f"bare callable {half * 2:,.0f}/s")
