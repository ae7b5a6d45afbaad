"""A deployment to be treated badly: two server processes behind one socket, and their own PostgreSQL."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx
import psycopg

from scripts.local.database import NAME, migrate, prepare_database
from scripts.local.postgresql import Cluster, start_cluster
from scripts.local.processes import wait_for
from scripts.local.server import Server, bind
from shared.db.engines import close_database
from shared.polls.gate import gate_key
from tests.support.api import Api, Json
from tests.support.databases import organizer_key_in
from tests.support.server import LIVE, READY, START_TIMEOUT_S, server_environment
from tests.support.settings import changed_settings

Result = TypeVar("Result")

WORKERS = 2
GRACE_S = 10


@dataclass
class Deployment:
    """What `scripts/run` starts with WEB_CONCURRENCY=2; its port stays, whatever is started again."""

    cluster: Cluster
    environment: dict[str, str]
    log: Path
    organizer_key: str
    server: Server
    port: int

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, work: Callable[[Api], Awaitable[Result]]) -> Result:
        """Return what `work` returns, on a loop and so with database connections of its own.

        In a thread, since the loop of the test run has its own; the database is this deployment's.
        """

        async def connected() -> Result:
            try:
                async with httpx.AsyncClient(base_url=self.base_url, timeout=30) as client:
                    return await work(Api(client, self.organizer_key))
            finally:
                await close_database()

        with (
            changed_settings(database_url=self.environment["DATABASE_URL"]),
            ThreadPoolExecutor(1) as thread,
        ):
            return thread.submit(asyncio.run, connected()).result()

    def wait_until_ready(self) -> None:
        """Return when the server answers and reaches its database."""
        assert wait_for(self._is_ready, START_TIMEOUT_S, step_s=0.1), self.log.read_text()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(self.base_url + READY, timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def kill_worker(self, number: int) -> None:
        """Kill a server process as the kernel would; start another, as whoever watches it does."""
        killed = self.server.pids()[number]
        os.kill(killed, signal.SIGKILL)
        assert wait_for(lambda: killed not in self.server.pids(), 10)
        self.revive()

    def kill_all_workers(self) -> None:
        """Kill every server process, and start others."""
        for pid in self.server.pids():
            os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda: not self.server.pids(), 10)
        self.revive()

    def revive(self) -> None:
        """Start every server process again that died."""

        def is_whole() -> bool:
            self.server.revive()
            return self.server.is_whole()

        assert wait_for(is_whole, 20)

    def restart_database(self) -> None:
        """Kill all of PostgreSQL, and start it again on its port."""
        self.cluster.kill()
        self.cluster.start()

    def drop_connections(self) -> int:
        """End every connection of the application; return how many there were."""
        with psycopg.connect(self.cluster.url(NAME), autocommit=True) as connection:
            dropped = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [NAME]
            )
            return len(dropped.fetchall())

    @contextmanager
    def shut_gate(self, poll: Json) -> Iterator[None]:
        """Let every vote in the poll wait in the database within the context, or until that dies."""
        connection = psycopg.connect(self.cluster.url(NAME))
        try:
            key = gate_key(UUID(poll["id"]))
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            yield
        finally:
            connection.close()

    def wait_for_waiting(self) -> None:
        """Return when votes wait at a gate."""
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'"
        with psycopg.connect(self.cluster.url(NAME), autocommit=True) as connection:
            assert wait_for(lambda: connection.execute(waiting).fetchone() is not None, 20)

    def start_again(self) -> None:
        """Start the server that was stopped."""
        self.server = _serve(self.environment, self.log, self.port)
        self.wait_until_ready()

    @asynccontextmanager
    async def worker(self, number: int) -> AsyncIterator[Api]:
        """Yield the API as one of the server processes serves it, over one connection to it."""
        others = [pid for n, pid in enumerate(self.server.pids()) if n != number]
        single = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(base_url=self.base_url, timeout=30, limits=single) as client:
            # Those that stand still accept nothing, so the connection is the other one's for good.
            for pid in others:
                os.kill(pid, signal.SIGSTOP)
            try:
                assert (await client.get(LIVE)).status_code == 200
            finally:
                for pid in others:
                    os.kill(pid, signal.SIGCONT)
            yield Api(client, self.organizer_key)


def _serve(environment: dict[str, str], log: Path, port: int) -> Server:
    listener = bind("127.0.0.1", port)
    server = Server(listener, environment, log, workers=WORKERS, grace_s=GRACE_S)
    server.start()
    return server


@contextmanager
def deployed(directory: Path, port: int) -> Iterator[Deployment]:
    """Yield a deployment on storage that survives a crash; all of it has ended afterwards."""
    cluster = start_cluster(directory, settings={"fsync": "on", "synchronous_commit": "on"})
    try:
        url = prepare_database(cluster, secrets.token_urlsafe(16))
        environment = server_environment(DATABASE_URL=url, PARTICIPANT_WRITES_PER_S="1000")
        log = directory / "server.log"
        migrate(environment, log)
        with ThreadPoolExecutor(1) as thread:
            key = thread.submit(asyncio.run, organizer_key_in(url)).result()
        server = _serve(environment, log, port)
        deployment = Deployment(cluster, environment, log, key, server, port)
        try:
            deployment.wait_until_ready()
            yield deployment
        finally:
            deployment.server.stop(lambda: False)
    finally:
        cluster.stop("immediate")
