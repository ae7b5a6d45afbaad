"""What is measured: a PostgreSQL of its own, and the server as `scripts/run` starts it, on one core."""

import asyncio
import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from scripts.benchmarks.clients import allow_many_connections
from scripts.local.api import Api
from scripts.local.database import migrate, prepare_database
from scripts.local.failures import StartFailed
from scripts.local.options import ROOT
from scripts.local.postgresql import Cluster, start_cluster
from scripts.local.server import PROTOCOL, Server, bind

Json = dict[str, Any]

SERVER_CORE, LOAD_CORE = 0, -1
MOST_CONNECTIONS = 20_000
# The participant of a number `n`, in SQL.
PARTICIPANT_ID = "('00000000-0000-7000-8000-' || lpad({n}::text, 12, '0'))::uuid"
_BARE = "scripts.benchmarks.bare:app"


@dataclass
class Deployment:
    """A running server with one live event and its open poll."""

    directory: Path
    cluster: Cluster
    server: Server
    port: int
    environment: dict[str, str]
    organizer_key: str
    event: Json
    poll: Json
    participants: int = 0

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def changes_path(self) -> str:
        """The path of the event's feed."""
        return f"/v1/events/{self.event['id']}/changes"

    def api(self) -> Api:
        """Return the API of this server."""
        return Api(self.base_url)

    def tokens(self, count: int) -> list[str]:
        """Return tokens of new participants, as joining would sign them."""
        from shared.identifiers import new_id
        from shared.identity.principals import ParticipantPrincipal
        from shared.identity.tokens import issue_participant_token
        from shared.secrets import parse_signing_keys

        keys = parse_signing_keys(self.environment["SIGNING_KEYS"], "SIGNING_KEYS")
        event_id = UUID(self.event["id"])
        expires_at = int(time.time()) + 86_400
        return [
            issue_participant_token(
                keys, ParticipantPrincipal(new_id(), event_id, "Grace"), expires_at=expires_at
            )
            for _ in range(count)
        ]

    def new_poll(self) -> Json:
        """Make and open a poll of four options."""
        path = f"/v1/events/{self.event['id']}/polls"
        options = [{"label": label} for label in ("red", "green", "blue", "none")]
        body = {"kind": "single_choice", "prompt": "Which one?", "options": options}
        poll = self.api().call("POST", path, self.organizer_key, body)
        opened = {"status": "open"}
        return self.api().call("PATCH", f"/v1/polls/{poll['id']}", self.organizer_key, opened)

    def close_poll(self, poll: Json) -> None:
        """Close a poll, so that its counts are final."""
        closed = {"status": "closed"}
        self.api().call("PATCH", f"/v1/polls/{poll['id']}", self.organizer_key, closed)

    def new_question(self) -> Json:
        """Ask a question that everyone sees."""
        path = f"/v1/events/{self.event['id']}/questions"
        [token] = self.tokens(1)
        return self.api().call("POST", path, token, {"body": "Will the slides be shared?"})

    def dismiss_question(self, question: Json) -> None:
        """Take a question from view."""
        dismissed = {"status": "dismissed"}
        path = f"/v1/questions/{question['id']}"
        self.api().call("PATCH", path, self.organizer_key, dismissed)

    def add_participants(self, count: int) -> None:
        """Let there be the participants 1 to `count` of `PARTICIPANT_ID`."""
        if count <= self.participants:
            return
        self.participants = count
        self.query(f"""
            WITH added AS (
                INSERT INTO participants (id, event_id, display_name)
                SELECT {PARTICIPANT_ID.format(n="n")}, '{self.event["id"]}', 'Grace'
                FROM generate_series(1, {count}) AS n
                ON CONFLICT DO NOTHING RETURNING id
            ) SELECT count(*) FROM added
        """)  # nosec B608  # our own ids

    def server_cpu_s(self) -> float:
        """Return how many seconds of its core the server has used."""
        fields = Path(f"/proc/{self.server.pids()[0]}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def query(self, statement: str) -> Any:
        """Return the first value of a statement's first row."""
        with psycopg.connect(self.cluster.url("ovation")) as connection:
            row = connection.execute(statement.encode()).fetchone()
            return row[0] if row else None


def pin(pid: int, core: int) -> None:
    """Keep a process on one core; on a machine with one, nothing is to be done."""
    cores = sorted(os.sched_getaffinity(os.getppid()) | os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[core]})


@contextmanager
def deployed(directory: Path, **settings: str) -> Iterator[Deployment]:
    """Yield a deployment; everything that it started has ended afterwards."""
    # What is started here inherits both; PostgreSQL shares the load's core, also when pgbench is the load.
    allow_many_connections(MOST_CONNECTIONS)
    pin(os.getpid(), LOAD_CORE)
    cluster = start_cluster(directory, settings={"max_connections": "200"})
    try:
        url = prepare_database(cluster, secrets.token_urlsafe(16))
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "SIGNING_KEYS": f'{{"current": "bench", "keys": {{"bench": "{key}"}}}}',
            "ADDRESS_JOINS_PER_S": "1000000",
            **settings,
        }
        migrate(environment, directory / "migrations.log")
        listener = bind("127.0.0.1", 0)
        port = int(listener.getsockname()[1])
        server = Server(listener, environment, directory / "server.log", workers=1, grace_s=10)
        server.start()
        try:
            pin(server.pids()[0], SERVER_CORE)
            yield _with_event(directory, cluster, server, port, environment)
        finally:
            server.stop(lambda: False)
    finally:
        cluster.stop("immediate")


def _with_event(
    directory: Path, cluster: Cluster, server: Server, port: int, environment: dict[str, str]
) -> Deployment:
    api = Api(f"http://127.0.0.1:{port}")
    # First, while the server starts on the other core.
    organizer_key = asyncio.run(_make_key(environment))
    wait_until_ready(api)
    event = api.call("POST", "/v1/events", organizer_key, {"title": "Benchmark"})
    api.call("PATCH", f"/v1/events/{event['id']}", organizer_key, {"status": "live"})
    made = Deployment(directory, cluster, server, port, environment, organizer_key, event, {})
    made.poll = made.new_poll()
    # Five entries: the event, this poll, its results, and another poll with its results.
    made.new_poll()
    return made


def wait_until_ready(api: Api, timeout_s: float = 60) -> None:
    """Return when the server answers; raise `StartFailed` when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            api.call("GET", "/health/ready")
            return
        except StartFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


async def _make_key(environment: dict[str, str]) -> str:
    os.environ.update({name: environment[name] for name in ("DATABASE_URL", "SIGNING_KEYS")})
    from shared.api_keys.queries import create_organizer_key
    from shared.db.engines import close_database, write_session

    async with write_session() as session:
        key = await create_organizer_key(session, organizer_name="bench", key_name="bench")
    await close_database()
    return key


@contextmanager
def bare_server(directory: Path, headers: Sequence[tuple[str, str]], body: bytes) -> Iterator[str]:
    """Yield the address of the same server around a callable that returns just these bytes."""
    (directory / "bare.body").write_bytes(body)
    listener = bind("127.0.0.1", 0)
    command = [sys.executable, "-m", "uvicorn", _BARE, "--fd", str(listener.fileno())]
    command += ["--loop", "uvloop", "--http", PROTOCOL, "--no-access-log", "--no-proxy-headers"]
    command += ["--no-server-header", "--timeout-keep-alive", "75", "--lifespan", "off"]
    environment = {
        **os.environ,
        "BARE_BODY": str(directory / "bare.body"),
        "BARE_HEADERS": "\n".join(f"{name}: {value}" for name, value in headers),
    }
    with open(directory / "bare.log", "ab") as log:
        process = subprocess.Popen(
            command,
            pass_fds=[listener.fileno()],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        pin(process.pid, SERVER_CORE)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        _wait_until_bare_answers(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        listener.close()


def _wait_until_bare_answers(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            Api(address).call("GET", "/")
            return
        except StartFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
