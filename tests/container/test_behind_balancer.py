"""The image behind a load balancer: whom its callers are, and how it leaves without a failed request."""

import asyncio
import itertools
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager

import httpx
import psycopg
import pytest

from scripts.local.postgresql import Cluster
from tests.container.balancer import Balancer
from tests.container.containers import Container, docker, image_under_test, run_once, serve
from tests.container.containers import wait_until as wait_here
from tests.support.api import Api, Json, Participant

pytestmark = pytest.mark.container

JOINS_PER_S = 20
PEOPLE, VOTERS_AT_ONCE = 120, 12


@pytest.fixture
def servers(cluster: Cluster) -> Iterator[tuple[Container, Container]]:
    """Two containers of the image on a database that the image migrated, behind one proxy of ours."""
    image = image_under_test()
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS behind_a_balancer WITH (FORCE)")
        connection.execute("CREATE DATABASE behind_a_balancer")
    settings = {
        "DATABASE_URL": cluster.url("behind_a_balancer"),
        "SIGNING_KEYS": os.environ["SIGNING_KEYS"],
        "TRUSTED_PROXY_HOPS": "1",
        "ADDRESS_JOINS_PER_S": str(JOINS_PER_S),
        # So that no limit of a participant is what a voter meets.
        "PARTICIPANT_WRITES_PER_S": "1000",
    }
    run_once(image, "python", "-m", "migrations", "upgrade", environment=settings)
    with ExitStack() as stack:
        first, second = (stack.enter_context(serve(image, settings)) for _ in range(2))
        yield first, second


@asynccontextmanager
async def balanced(*targets: Container) -> AsyncIterator[Balancer]:
    """Yield a balancer, whose connections end with the block."""
    balancer = Balancer(*targets)
    try:
        yield balancer
    finally:
        await balancer.close()


def client_at(balancer: Balancer, address: str) -> httpx.AsyncClient:
    """Return a client of the balancer that has this address."""
    transport = httpx.ASGITransport(app=balancer, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://ovation.test")


def organizer_key(server: Container) -> str:
    """Let the image make the key of an organizer."""
    (key,) = re.findall(
        r"ovk_\S+", server.run("python", "-m", "scripts.api_keys", "--organizer", "A")
    )
    return str(key)


async def test_a_limit_is_that_of_the_address_which_the_balancer_names(
    servers: tuple[Container, Container],
) -> None:
    async with balanced(servers[0]) as balancer:
        here, there = client_at(balancer, "198.51.100.7"), client_at(balancer, "198.51.100.8")
        event = await Api(here, organizer_key(servers[0])).make_event()
        # What somebody claims of themselves is not what the balancer says of them.
        claim = {"x-forwarded-for": "203.0.113.9"}
        body = {"join_code": event["join_code"]}
        tried = [
            (await here.post("/v1/join", json=body, headers=claim)).status_code
            for _ in range(JOINS_PER_S * 6)
        ]
        assert set(tried) == {200, 429}
        assert (await there.post("/v1/join", json=body)).status_code == 200


async def join_all(balancer: Balancer, event: Json, key: str) -> list[Participant]:
    """Let people join, a few from each address."""
    joined = []
    for number in range(PEOPLE):
        at = Api(client_at(balancer, f"198.51.100.{number % 60}"), key)
        joined.append(await at.join(event, None))
    return joined


async def test_a_server_that_is_told_to_stop_under_load_leaves_without_a_failed_request(
    servers: tuple[Container, Container],
) -> None:
    leaving, staying = servers
    key = organizer_key(staying)
    async with balanced(*servers) as balancer:
        api = Api(client_at(balancer, "198.51.100.7"), key)
        event = await api.make_event()
        poll = await api.make_poll(event)
        people = itertools.cycle(await join_all(balancer, event, key))
        answers: Counter[int] = Counter()
        voters: set[str] = set()
        stopped = asyncio.Event()

        async def vote_on() -> None:
            while not stopped.is_set():
                person = next(people)
                answers[(await api.vote(person, poll, len(voters) % 2)).status_code] += 1
                voters.add(person.id)

        async with asyncio.TaskGroup() as voting:
            for _ in range(VOTERS_AT_ONCE):
                voting.create_task(vote_on())
            await asyncio.sleep(2)
            while not balancer.under_way[leaving.id]:
                await asyncio.sleep(0)
            # As ECS does: nothing new is sent to the task, and it is told to stop.
            balancer.drain(leaving)
            under_way = balancer.under_way[leaving.id]
            began, sent = dict(balancer.forwarded), sum(answers.values())
            await asyncio.to_thread(docker, "kill", "--signal=TERM", leaving.id)
            await asyncio.to_thread(wait_here, lambda: not leaving.state()["Running"], seconds=20)
            await asyncio.sleep(1)
            stopped.set()
        assert under_way > 0
        assert began[leaving.id] > 100, "there was no load to speak of"
        assert balancer.forwarded[leaving.id] == began[leaving.id]
        assert sum(answers.values()) > sent + 100, "the other server did not go on"
        assert set(answers) == {200}, leaving.logs()
        assert leaving.state()["ExitCode"] == 0, leaving.logs()
        assert leaving.state()["OOMKilled"] is False
        assert (await api.results(poll))["voters"] == len(voters)
