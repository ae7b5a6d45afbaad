"""What an audience costs: statements, memory, and requests that get through a caching proxy."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from scripts.benchmarks.clients import (
    SETTLED_S,
    VOTES_PER_S,
    Connection,
    Crowd,
    allow_many_connections,
    connect,
    get_request,
    in_groups,
    run_clients,
    vote_steadily,
)
from scripts.benchmarks.deployment import MOST_CONNECTIONS, Deployment
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.benchmarks.programs import program
from scripts.local.failures import StartFailed
from scripts.local.ports import free_port
from scripts.local.terminal import say

FEW, MANY = 200, 5_000
_CONNECTIONS = (0, 5_000, MOST_CONNECTIONS)
_STATEMENTS = "SELECT sum(calls)::bigint FROM pg_stat_statements"


def flat_reads_ratio(deployment: Deployment, pace: Pace) -> Measured:
    """Measure statements per second with many pollers beside those with few; votes come in."""
    allow_many_connections(MANY)
    repeats = max(1, pace.repeats // 2)
    ratios, rates = [], []
    for repeat in range(1, repeats + 1):
        say(f"  flat_reads_ratio {repeat}/{repeats}")
        few, many = (
            run_clients(_statements_per_s(deployment, pollers, pace.crowd_s))
            for pollers in (FEW, MANY)
        )
        ratios.append(many / few)
        rates.append(many)
    figure = BY_KEY["flat_reads_ratio"]
    return Measured(figure, ratios, figure.goal, f"{max(rates):,.0f} statements/s")


async def _statements_per_s(deployment: Deployment, pollers: int, seconds: float) -> float:
    async with _crowd_amid_votes(deployment, deployment.port, pollers, seconds) as crowd:
        before, answered = await asyncio.to_thread(deployment.query, _STATEMENTS), crowd.answered
        started = time.perf_counter()
        await asyncio.sleep(seconds)
        after = await asyncio.to_thread(deployment.query, _STATEMENTS)
        elapsed = time.perf_counter() - started
        polls, statements = (crowd.answered - answered) / elapsed, (after - before) / elapsed
    say(f"    {pollers:,} pollers: {polls:,.0f} polls/s, {statements:,.1f} statements/s")
    return float(statements)


@asynccontextmanager
async def _crowd_amid_votes(
    deployment: Deployment, port: int, pollers: int, seconds: float
) -> AsyncIterator[Crowd]:
    """Yield a settled crowd while votes come in; raise `StartFailed` when one of its polls failed."""
    # Of more people than can vote in the time that is measured, and in that before it.
    tokens = deployment.tokens(int(seconds * VOTES_PER_S * 4))
    is_over = False
    async with Crowd(port, deployment.changes_path, pollers) as crowd:
        voting = asyncio.create_task(
            vote_steadily(deployment.port, deployment.poll, tokens, until=lambda: is_over)
        )
        await asyncio.sleep(SETTLED_S)
        yield crowd
        is_over = True
        await voting
        if crowd.failed:
            raise StartFailed(f"{crowd.failed} polls failed")


def rss_mib_20000(deployment: Deployment, pace: Pace) -> Measured:
    """Measure the server's resident memory with idle connections, each after one poll."""
    wanted = _CONNECTIONS[-1]
    opened = min(allow_many_connections(wanted), pace.connections)
    mib = run_clients(_resident_mib(deployment, [min(opened, count) for count in _CONNECTIONS]))
    shown = ", ".join(f"{count:,}: {size:,.0f} MiB" for count, size in mib.items())
    if opened < wanted:
        shown += f" ({opened:,} were opened; the rest by proportion)"
    figure = BY_KEY["rss_mib_20000"]
    for_each = (mib[opened] - mib[0]) / opened
    return Measured(figure, [mib[opened] + for_each * (wanted - opened)], figure.goal, shown)


async def _resident_mib(deployment: Deployment, counts: Sequence[int]) -> dict[int, float]:
    open_now: list[Connection] = []
    sizes = {}
    for count in counts:
        for numbers in in_groups(count, first=len(open_now)):
            open_now += await asyncio.gather(*(_poll_once(deployment, n) for n in numbers))
        sizes[count] = _rss_mib(deployment.server.pids()[0])
    for connection in open_now:
        connection.close()
    return sizes


async def _poll_once(deployment: Deployment, number: int) -> Connection:
    connection = await connect(deployment.port, number=number)
    await connection.send(get_request(deployment.changes_path))
    return connection


def _rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def origin_rps(deployment: Deployment, pace: Pace) -> Measured:
    """Measure what gets through a caching proxy, which stands in for a content delivery network."""
    allow_many_connections(MANY)
    with _proxy(deployment) as port:
        rates = [run_clients(_origin_per_s(deployment, port, pace.crowd_s))]
    figure = BY_KEY["origin_rps"]
    return Measured(figure, rates, figure.goal)


async def _origin_per_s(deployment: Deployment, proxy_port: int, seconds: float) -> float:
    log = deployment.directory / "server.log"
    async with _crowd_amid_votes(deployment, proxy_port, MANY, seconds):
        begins = log.stat().st_size
        await asyncio.sleep(seconds)
        ends = log.stat().st_size
    with open(log, "rb") as lines:
        lines.seek(begins)
        polls = lines.read(ends - begins).count(b'"operation":"get_changes"')
    return polls / seconds


@contextmanager
def _proxy(deployment: Deployment) -> Iterator[int]:
    port = free_port()
    directory = deployment.directory / "nginx"
    directory.mkdir(mode=0o755, exist_ok=True)
    configuration = directory / "nginx.conf"
    configuration.write_text(_NGINX.format(directory=directory, port=port, origin=deployment.port))
    command = [program("nginx"), "-p", str(directory), "-c", str(configuration), "-e", "error.log"]
    process = subprocess.Popen(command)
    try:
        if not _listens(port, process):
            raise StartFailed(f"nginx does not start, see {directory}/error.log")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until somebody listens; return whether that came before the process's end."""
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        time.sleep(0.05)
    return False


_NGINX = """
daemon off;
pid {directory}/nginx.pid;
user root;
worker_processes 1;
worker_rlimit_nofile 20000;
events {{ worker_connections 12000; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/temp;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  keepalive_timeout 75s;
  keepalive_requests 100000;
  proxy_cache_path {directory}/cache keys_zone=feed:10m;
  upstream origin {{ server 127.0.0.1:{origin}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache feed;
      proxy_cache_key $uri$is_args$args;
      proxy_cache_lock on;
      proxy_cache_use_stale updating error timeout;
      proxy_cache_background_update on;
    }}
  }}
}}
"""
