"""Exports of many votes from a real server: flat in memory, cut off so that it is seen, holding nothing."""

import asyncio
import io
import json
import socket
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from scripts.local.postgresql import Cluster, start_cluster
from scripts.local.processes import wait_for
from tests.support.api import Api, Json
from tests.support.application import migrate
from tests.support.databases import organizer_key_in, run_sql
from tests.support.log_lines import access_lines
from tests.support.server import READY, Server, running_server

VOTES = 40_000
TIMEOUT_S = 15
# What the votes take as objects, all at once, is more than twice that.
MOST_MEMORY_KB = 30_000


@dataclass(frozen=True)
class Deployment:
    """A server with one place for exports, one pooled connection, and an event of many votes."""

    server: Server
    cluster: Cluster
    url: str
    organizer_key: str
    event: Json

    @contextmanager
    def export(self, format: str) -> Iterator[httpx.Response]:
        """Begin an export whose body is not read yet."""
        url = f"{self.server.base_url}/v1/events/{self.event['id']}/export"
        headers = {"Authorization": f"Bearer {self.organizer_key}"}
        # A client's system takes in little that the client does not read.
        small = (socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        transport = httpx.HTTPTransport(socket_options=[small])
        with (
            httpx.Client(transport=transport, timeout=60) as client,
            client.stream("GET", url, params={"format": format}, headers=headers) as response,
        ):
            assert response.status_code == 200
            yield response

    def read_event(self) -> int:
        """Return the status of a request that needs the pool's connection."""
        url = f"{self.server.base_url}/v1/events/{self.event['id']}"
        headers = {"Authorization": f"Bearer {self.organizer_key}"}
        return httpx.get(url, headers=headers, timeout=10).status_code

    def is_idle(self) -> bool:
        """Tell whether no export has a connection to the database."""
        sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'ovation-export'"
        return not run_sql(self.url, sql)

    def memory_kb(self, name: str) -> int:
        """Return the server's resident memory, now (VmRSS) or at its largest (VmHWM)."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split(f"{name}:")[1].split()[0])

    def forget_peak(self) -> None:
        """Let the largest memory be that of now."""
        Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")


@pytest.fixture(scope="module")
async def deployment() -> AsyncIterator[Deployment]:
    with tempfile.TemporaryDirectory(prefix="ovation-test-") as directory:
        home = Path(directory)
        cluster = start_cluster(home, settings={"fsync": "off"})
        try:
            url = cluster.url("postgres")
            migrate(url)
            key = await organizer_key_in(url)
            settings = {
                "DATABASE_URL": url,
                "DATABASE_POOL_SIZE": "1",
                "EXPORT_TIMEOUT_S": str(TIMEOUT_S),
                "EXPORTS_AT_ONCE": "1",
                # Less than a workbook takes until its first byte.
                "REQUEST_TIMEOUT_S": "2",
            }
            with running_server(home / "server.log", **settings) as server:
                async with httpx.AsyncClient(base_url=server.base_url, timeout=30) as client:
                    api = Api(client, key)
                    event = await api.make_event()
                    _fill(url, await api.make_poll(event))
                yield Deployment(server, cluster, url, key, event)
        finally:
            cluster.stop("immediate")


def _fill(url: str, poll: Json) -> None:
    run_sql(
        url,
        f"""
        INSERT INTO participants (id, event_id, display_name)
        SELECT gen_random_uuid(), '{poll["event_id"]}', 'Grace ' || n
        FROM generate_series(1, {VOTES}) AS n
        """,
    )
    ballot = json.dumps({"option_ids": [poll["options"][0]["id"]]})
    run_sql(
        url,
        f"""
        INSERT INTO votes (poll_id, participant_id, ballot, counts)
        SELECT '{poll["id"]}', id, '{ballot}', '{{"voters": 1}}' FROM participants
        """,
    )


@pytest.mark.parametrize("format", ["json", "csv", "xlsx"])
async def test_memory_does_not_grow_with_the_votes(deployment: Deployment, format: str) -> None:
    deployment.forget_peak()
    before = deployment.memory_kb("VmRSS")
    with deployment.export(format) as response:
        content = response.read()
    assert deployment.memory_kb("VmHWM") - before < MOST_MEMORY_KB
    if format == "json":
        assert len(json.loads(content)["sections"]["votes"]) == VOTES
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None


async def test_a_client_that_reads_nothing_is_left_after_the_limit_and_holds_no_pooled_connection(
    deployment: Deployment,
) -> None:
    with deployment.export("json") as response:
        await asyncio.sleep(1)
        assert not deployment.is_idle()
        assert deployment.read_event() == 200
        assert wait_for(deployment.is_idle, 2 * TIMEOUT_S)
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()
    with deployment.export("csv") as response:
        response.read()


async def test_a_client_that_leaves_frees_its_place_and_its_connection(
    deployment: Deployment,
) -> None:
    with deployment.export("json") as response:
        next(response.iter_raw())
    assert wait_for(deployment.is_idle, TIMEOUT_S / 2)
    with deployment.export("csv") as response:
        response.read()


async def test_an_export_has_an_access_line_when_it_is_over(deployment: Deployment) -> None:
    with deployment.export("csv") as response:
        request_id = response.headers["x-request-id"]
        response.read()
    [line] = access_lines(deployment.server, request_id=request_id)
    assert (line["operation"], line["status"]) == ("export_event", 200)
    assert line["duration_ms"] > 50


@pytest.mark.parametrize("format", ["json", "csv"])
async def test_a_database_that_goes_away_amid_an_export_ends_it_so_that_it_is_seen(
    deployment: Deployment, format: str
) -> None:
    received = bytearray()
    with deployment.export(format) as response:
        pieces = response.iter_raw()
        received += next(pieces)
        deployment.cluster.kill()
        with pytest.raises(httpx.RemoteProtocolError):
            for piece in pieces:
                received += piece
    try:
        if format == "json":
            with pytest.raises(json.JSONDecodeError):
                json.loads(received)
        else:
            with pytest.raises(zipfile.BadZipFile):
                zipfile.ZipFile(io.BytesIO(received))
    finally:
        deployment.cluster.start()
        deployment.server.wait_until(READY)
    with deployment.export(format) as response:
        response.read()
