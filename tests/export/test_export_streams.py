"""Exports of many votes from a real server: flat in memory, cut off so that it is seen, holding nothing."""

import asyncio
import io
import json
import socket
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from scripts.local.processes import wait_for
from tests.support.api import Json
from tests.support.databases import run_sql
from tests.support.log_lines import access_lines
from tests.support.own_deployment import OwnDeployment, own_deployment
from tests.support.server import READY

VOTES = 40_000
TIMEOUT_S = 15
# What the votes take as objects, all at once, is more than twice that.
MOST_MEMORY_KB = 30_000


@dataclass(frozen=True)
class Deployment:
    """A server with one place for exports, one pooled connection, and an event of many votes."""

    own: OwnDeployment
    event: Json

    @contextmanager
    def export(self, format: str) -> Iterator[httpx.Response]:
        """Begin an export whose body is not read yet."""
        url = f"{self.own.server.base_url}/v1/events/{self.event['id']}/export"
        headers = {"Authorization": f"Bearer {self.own.organizer_key}"}
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
        url = f"{self.own.server.base_url}/v1/events/{self.event['id']}"
        headers = {"Authorization": f"Bearer {self.own.organizer_key}"}
        return httpx.get(url, headers=headers, timeout=10).status_code

    def is_idle(self) -> bool:
        """Tell whether no export has a connection to the database."""
        sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'ovation-export'"
        return not run_sql(self.own.database_url, sql)

    def memory_kb(self, name: str) -> int:
        """Return the server's resident memory, now (VmRSS) or at its largest (VmHWM)."""
        status = Path(f"/proc/{self.own.server.process.pid}/status").read_text()
        return int(status.split(f"{name}:")[1].split()[0])

    def forget_peak(self) -> None:
        """Let the largest memory be that of now."""
        Path(f"/proc/{self.own.server.process.pid}/clear_refs").write_text("5")


@pytest.fixture(scope="module")
async def deployment() -> AsyncIterator[Deployment]:
    settings = {
        "DATABASE_POOL_SIZE": "1",
        "EXPORT_TIMEOUT_S": str(TIMEOUT_S),
        "EXPORTS_AT_ONCE": "1",
        # Less than a workbook takes until its first byte.
        "REQUEST_TIMEOUT_S": "2",
    }
    async with own_deployment(**settings) as own:
        async with own.api() as api:
            event = await api.make_event()
            _fill(own.database_url, await api.make_poll(event))
        yield Deployment(own, event)


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
    [line] = access_lines(deployment.own.server, request_id=request_id)
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
        deployment.own.cluster.kill()
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
        deployment.own.cluster.start()
        deployment.own.server.wait_until(READY)
    with deployment.export(format) as response:
        response.read()
