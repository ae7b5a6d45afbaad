"""The database's password changes while requests run: none of them fails, nothing is restarted."""

import asyncio
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from scripts.local.postgresql import Cluster
from shared.db.connecting import is_authentication_failure
from shared.db.engines import close_database, get_database
from shared.db.group_commit import drain_queues
from shared.db.lone_connection import LoneConnection
from shared.settings import get_settings
from tests.support.api import Api, Json, Participant
from tests.support.application import new_organizer_key
from tests.support.databases import run_sql
from tests.support.garbage import spared_collections
from tests.support.secrets_manager import Vault, configure, secrets_manager

ROLE = "rotating"
WORKERS = 8
# What one fetch from Secrets Manager takes here; a loop that waits for it stalls as long.
FETCH_S = 1.0


@pytest.mark.parametrize(
    "said",
    [
        'FATAL:  password authentication failed for user "ovation_application"',
        # RDS Proxy, which functions log in to:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html
        "FATAL:  The password that was provided for the role ovation_application is wrong.",
    ],
)
def test_a_refused_password_is_known_by_what_the_database_or_its_proxy_says(said: str) -> None:
    assert is_authentication_failure(psycopg.OperationalError(f"connection failed: {said}"))
    assert not is_authentication_failure(psycopg.OperationalError("connection failed: timeout"))


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with secrets_manager(monkeypatch) as vault:
        yield vault
    get_settings.cache_clear()


@dataclass
class Database:
    """The database as its administrator has it, and the secret of the role that Ovation uses."""

    admin_url: str
    secret_id: str
    vault: Vault
    address: dict[str, object]
    passwords: int = 0

    def next_secret(self) -> tuple[str, dict[str, object]]:
        self.passwords += 1
        password = f"p@ss:{self.passwords}/{'x' * 20}"
        return password, {**self.address, "password": password}

    def alter_role(self, password: str) -> None:
        run_sql(self.admin_url, f"ALTER ROLE {ROLE} PASSWORD '{password}'")

    def connections(self) -> list[tuple[object, ...]]:
        return run_sql(
            self.admin_url, f"SELECT pid FROM pg_stat_activity WHERE usename = '{ROLE}' ORDER BY 1"
        )


@pytest.fixture
def database(
    cluster: Cluster, database_url: str, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    run_sql(database_url, f"CREATE ROLE {ROLE} LOGIN PASSWORD 'first'")
    run_sql(database_url, f"GRANT pg_read_all_data, pg_write_all_data TO {ROLE}")
    address = {"username": ROLE, "host": "127.0.0.1", "port": cluster.port, "dbname": "postgres"}
    secret_id = vault.create({**address, "password": "first"})
    keys = '{"current": "a", "keys": {"a": "' + "a" * 43 + '="}}'
    configure(monkeypatch, DATABASE_SECRET_ID=secret_id, SIGNING_KEYS=keys)
    yield Database(database_url, secret_id, vault, address)
    run_sql(database_url, f"REVOKE pg_read_all_data, pg_write_all_data FROM {ROLE}")
    run_sql(database_url, f"DROP ROLE {ROLE}")


@dataclass
class Traffic:
    """People who read and vote without a pause, and how it went."""

    statuses: list[int] = field(default_factory=list)
    longest_stall_s: float = 0.0

    async def flows(self) -> None:
        """Return when every worker has had several requests answered from now on."""
        wanted = len(self.statuses) + 4 * WORKERS
        async with asyncio.timeout(30):
            while len(self.statuses) < wanted:
                await asyncio.sleep(0.02)

    async def _work(self, api: Api, stage: Json, poll: Json, voter: Participant) -> None:
        for choice in range(10_000):
            for answer in (
                await api.vote(voter, poll, choice % 3),
                await api.call("GET", f"/v1/events/{stage['id']}/me", voter.token),
            ):
                self.statuses.append(answer.status_code)
            await asyncio.sleep(0.1)  # the limit on one participant's writes

    async def _watch_the_loop(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            self.longest_stall_s = max(self.longest_stall_s, time.perf_counter() - began)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        from handlers.app import app

        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://ovation.test") as client:
            api = Api(client, await new_organizer_key("Rotation"))
            stage = await api.make_event()
            poll = await api.make_poll(stage)
            voters = [await api.join(stage) for _ in range(WORKERS)]
            tasks = [asyncio.create_task(self._work(api, stage, poll, each)) for each in voters]
            tasks.append(asyncio.create_task(self._watch_the_loop()))
            try:
                with spared_collections():
                    yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await drain_queues()
                await close_database()


class Recycling:
    """Replaces each pooled connection when it is next used, as when it has become too old."""

    def __init__(self) -> None:
        self._generation = 0
        for pool in get_database().pools:
            event.listen(pool, "connect", self._on_connect)
            event.listen(pool, "checkout", self._on_checkout)

    def recycle(self) -> None:
        self._generation += 1

    def _on_connect(self, connection: object, record: ConnectionPoolEntry) -> None:
        record.info["generation"] = self._generation

    def _on_checkout(self, connection: object, record: ConnectionPoolEntry, fairy: object) -> None:
        if record.info.get("generation", 0) < self._generation:
            raise DisconnectionError()


def on_a_loop_of_its_own(work: Callable[[], Awaitable[None]]) -> None:
    """Run where engines are made anew, from the settings of this test."""

    async def main() -> None:
        await work()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, main()).result()


def test_no_request_fails_in_any_step_of_a_rotation(database: Database) -> None:
    traffic = Traffic()

    async def rotate_twice() -> None:
        async with traffic.running():
            recycling = Recycling()
            await traffic.flows()
            database.vault.delay_s = FETCH_S
            for _ in range(2):
                password, secret = database.next_secret()
                before = await to_thread(database.connections)
                await to_thread(database.vault.put, database.secret_id, secret, "AWSPENDING")
                recycling.recycle()
                await traffic.flows()
                # From here the database refuses what is still the current version.
                await to_thread(database.alter_role, password)
                recycling.recycle()
                await traffic.flows()
                await to_thread(database.vault.promote, database.secret_id)
                recycling.recycle()
                await traffic.flows()
                after = await to_thread(database.connections)
                # All that were used; an idle one may stay as it is.
                assert set(after) - set(before)

    on_a_loop_of_its_own(rotate_twice)
    assert set(traffic.statuses) == {200}
    assert traffic.longest_stall_s < FETCH_S * 0.8


def test_a_password_that_was_simply_replaced_is_picked_up_with_one_fetch(
    database: Database,
) -> None:
    traffic = Traffic()

    async def replace() -> None:
        async with traffic.running():
            recycling = Recycling()
            await traffic.flows()
            assert database.vault.fetches == ["AWSCURRENT"]
            password, secret = database.next_secret()
            database.alter_role(password)
            database.vault.put(database.secret_id, secret)
            await traffic.flows()  # by the connections of before, unless the pool grows just now
            recycling.recycle()
            await traffic.flows()

    on_a_loop_of_its_own(replace)
    assert set(traffic.statuses) == {200}
    # One at the start, and one for all that were refused.
    assert database.vault.fetches == ["AWSCURRENT", "AWSCURRENT"]


def test_a_function_picks_a_password_up_that_was_replaced_while_it_slept(
    database: Database,
) -> None:
    async def sleep_through_a_rotation() -> None:
        lone = LoneConnection(get_settings())
        for _ in range(2):
            async with lone.connection() as connection:
                await connection.execute("SELECT 1")
            password, secret = database.next_secret()
            database.alter_role(password)
            database.vault.put(database.secret_id, secret)
            await lone.close()

    on_a_loop_of_its_own(sleep_through_a_rotation)
    assert database.vault.fetches == ["AWSCURRENT", "AWSCURRENT"]
