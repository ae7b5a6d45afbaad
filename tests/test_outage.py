"""The database goes away and comes back: clients are told to try again, and nothing is lost."""

import asyncio
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from shared.db.engines import get_database
from shared.identity.policy import PERMISSIONS
from shared.identity.principals import Role
from shared.settings import get_settings
from tests.support.api import Api, Json, Participant
from tests.support.calls import CALLS
from tests.support.own_deployment import OwnDeployment, own_deployment
from tests.support.problems import check_problem
from tests.support.server import READY
from tests.support.stage import Stage, set_stage

# The pool's and the connection's patience, and some for a busy machine.
LONGEST_ANSWER_S = 10.0


@pytest.fixture(scope="module")
async def deployment() -> AsyncIterator[OwnDeployment]:
    async with own_deployment(ADDRESS_JOINS_PER_S="10000") as deployment:
        yield deployment


@pytest.fixture
def away(deployment: OwnDeployment) -> Iterator[OwnDeployment]:
    """The deployment without its database, which is back afterwards."""
    yield deployment
    if not deployment.cluster.is_running():
        deployment.cluster.start()
    deployment.server.wait_until(READY)


def token_for(stage: Stage, operation: str) -> str | None:
    """Return the credential that an operation asks for."""
    roles = PERMISSIONS.get(operation)
    if roles is None:
        return None
    return stage.tokens["participant" if Role.PARTICIPANT in roles else "organizer"]


async def answer_within(stage: Stage, operation: str) -> httpx.Response:
    """Return the answer to an operation's call, which must come soon."""
    started = time.monotonic()
    response = await stage.call(operation, token_for(stage, operation))
    assert time.monotonic() - started < LONGEST_ANSWER_S, operation
    return response


async def test_while_the_database_is_away_every_operation_says_try_again_and_recovers_by_itself(
    away: OwnDeployment, client: httpx.AsyncClient
) -> None:
    async with away.api() as api:
        stage = await set_stage(api)
        away.cluster.kill()
        # For as long as that, a join is answered from memory, which nobody minds.
        await asyncio.sleep(get_settings().tick_interval_ms / 1000)
        answers = dict(
            zip(
                CALLS,
                await asyncio.gather(*(answer_within(stage, operation) for operation in CALLS)),
                strict=True,
            )
        )
        for operation in [name for name in CALLS if not CALLS[name].path.startswith("/v1")]:
            if operation != "get_ready":
                assert answers.pop(operation).status_code == 200
        problem = check_problem(answers.pop("get_ready"), 503, "not_ready")
        assert problem["checks"] == {"database": "failed", "migrations": "failed", "secrets": "ok"}
        # The clock is the server's own.
        assert answers.pop("read_clock").status_code == 200
        for answer in answers.values():
            check_problem(answer, 503, "unavailable")

        away.cluster.start()
        away.server.wait_until(READY, timeout_s=20)
        voter = await api.join(stage.event)
        poll = await api.make_poll(stage.event)
        assert (await api.vote(voter, poll, 0)).status_code == 200
        assert (await api.results(poll))["voters"] == 1


async def test_a_database_host_that_vanishes_is_noticed_in_seconds(
    client: httpx.AsyncClient,
) -> None:
    async with get_database().read.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        with socket.socket(fileno=os.dup(raw.driver_connection.fileno())) as open_socket:
            unacknowledged_ms = open_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            assert 0 < unacknowledged_ms <= 10_000
            assert open_socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            idle_s = open_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
            assert idle_s <= 10


@dataclass
class Crowd:
    """Voters who try again until their vote is taken, readers and a host, all at once."""

    api: Api
    event: Json
    poll: Json
    waiting: list[Participant]
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_s: float = 0.0

    async def call(self, method: str, path: str, token: str | None, body: object = None) -> int:
        """Make one call and note how it went."""
        started = time.monotonic()
        response = await self.api.call(method, path, token, body)
        self.slowest_s = max(self.slowest_s, time.monotonic() - started)
        self.statuses[response.status_code] += 1
        if response.status_code >= 400:
            check_problem(response, 503, "unavailable")
        return response.status_code

    async def voters(self) -> None:
        """Vote for everyone who waits, one after the other."""
        option = {"option_ids": [self.poll["options"][0]["id"]]}
        while self.waiting:
            voter = self.waiting.pop()
            while (
                await self.call("PUT", f"/v1/polls/{self.poll['id']}/vote", voter.token, option)
                != 200
            ):
                await asyncio.sleep(0.05)

    async def readers(self) -> None:
        """Read the feed until nobody waits to vote."""
        while self.waiting:
            await self.call("GET", f"/v1/events/{self.event['id']}/changes", None)

    async def host(self) -> None:
        """Make polls until nobody waits to vote."""
        body = {"kind": "single_choice", "prompt": "?", "options": [{"label": "a"}, {"label": "b"}]}
        while self.waiting:
            path = f"/v1/events/{self.event['id']}/polls"
            await self.call("POST", path, self.api.organizer_key, body)
            await asyncio.sleep(0.02)

    async def run(self) -> None:
        """Do all of it."""
        workers = [self.voters() for _ in range(8)] + [self.readers() for _ in range(2)]
        await asyncio.gather(*workers, self.host())


async def test_a_database_that_is_killed_amid_requests_costs_nothing_but_503s_and_heals_by_itself(
    away: OwnDeployment,
) -> None:
    voters = 600
    async with away.api() as api:
        event = await api.make_event()
        poll = await api.make_poll(event)
        everyone = [await api.join(event) for _ in range(voters)]

    async def drive() -> Crowd:
        async with away.api() as own_api:
            crowd = Crowd(own_api, event, poll, everyone)
            await crowd.run()
            return crowd

    # In a thread of its own: killing and starting the database blocks this one.
    driving = asyncio.create_task(asyncio.to_thread(asyncio.run, drive()))
    for _ in range(2):
        before = len(everyone)
        while len(everyone) > before - 150:
            assert not driving.done(), "all have voted before the database was killed"
            await asyncio.sleep(0.005)
        away.cluster.kill()
        away.cluster.start()
    crowd = await driving
    assert set(crowd.statuses) <= {200, 201, 503}
    assert crowd.statuses[503] > 0
    assert crowd.slowest_s < LONGEST_ANSWER_S

    async with away.api() as api:
        results = await api.results(poll)
    assert results["voters"] == voters
    assert [tally["votes"] for tally in results["tallies"]] == [voters, 0, 0]
