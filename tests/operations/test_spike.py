"""A spike of ten times what the server bears: absorbed within minutes, brought back, no vote lost.

`BURST_PICTURE=docs/images/burst.svg` makes it draw the page's picture anew.
"""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from handlers.operations import shift_burst
from shared.identifiers import new_id
from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import issue_participant_token
from shared.secrets import parse_signing_keys
from tests.support.api import Api, Json
from tests.support.functions import FUNCTIONS
from tests.support.lambda_runtime import LambdaContainer, lambda_container
from tests.support.load_balancer import SWITCH, LoadBalancer, load_balancer
from tests.support.server import running_server
from tests.support.spike import MINUTE_S, OPERATION, Server, Spike
from tests.support.spike_picture import draw, told

CAPACITY, SPIKE = 4.0, 40.0
CONTAINERS = 3


class FastClock:
    """Time as alarms and cool-downs have it: a minute is `MINUTE_S`."""

    def time(self) -> float:
        return 1_764_100_000 + time.monotonic() * 60 / MINUTE_S


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadBalancer]:
    with load_balancer(monkeypatch, OPERATION) as aws:
        # A minute's rounding must not cost a whole minute more.
        cooldowns = {"BURST_SHED_COOLDOWN_S": "50", "BURST_RETURN_COOLDOWN_S": "110"}
        for name, value in aws.environment(**cooldowns).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(shift_burst, "time", FastClock())
        shift_burst._aws.cache_clear()
        yield aws
        shift_burst._aws.cache_clear()


def tokens_for(event: Json, count: int) -> list[str]:
    """Return tokens of new participants, as joining would sign them."""
    keys = parse_signing_keys(os.environ["SIGNING_KEYS"], "SIGNING_KEYS")
    people = [ParticipantPrincipal(new_id(), UUID(event["id"]), None) for _ in range(count)]
    expires_at = int(time.time()) + 3600
    return [issue_participant_token(keys, each, expires_at=expires_at) for each in people]


@dataclass
class Targets:
    """What stands behind the load balancer, started once."""

    base_url: str
    containers: list[LambdaContainer]


@pytest.fixture(scope="module")
def targets(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Targets]:
    environment = {"DATABASE_URL": database_url, "SIGNING_KEYS": os.environ["SIGNING_KEYS"]}
    log = tmp_path_factory.mktemp("spike") / "log"
    with ExitStack() as stack:
        name = f"{FUNCTIONS[OPERATION]}.handler"
        # Warm, as provisioned concurrency has them.
        containers = [
            stack.enter_context(lambda_container(name, environment)) for _ in range(CONTAINERS)
        ]
        server = stack.enter_context(running_server(log, **environment))
        for container in containers:
            container.cold_start_s()
        yield Targets(server.base_url, containers)


@pytest.fixture
async def spike(aws: LoadBalancer, targets: Targets) -> AsyncIterator[Spike]:
    async with httpx.AsyncClient(base_url=targets.base_url, timeout=30) as client:
        yield Spike(aws, Server(client, CAPACITY), targets.containers)


async def run(spike: Spike, api: Api, at_most: int) -> Json:
    """Vote at half of what the server bears, then at ten times; return the final result.

    The spike lasts until the servers have it all again, or for as many minutes.
    """
    event = await api.make_event()
    poll = await api.make_poll(event)
    tokens = tokens_for(event, 1_200)
    path, option_id = f"/v1/polls/{poll['id']}/vote", poll["options"][0]["id"]
    spike.begin()
    async with spike.watched():
        await spike.send(CAPACITY / 2, 2 * MINUTE_S, tokens, path, option_id)
        await spike.send(SPIKE, at_most * MINUTE_S, tokens, path, option_id)
    await api.change_poll(poll, status="closed")
    return await api.results(poll)


async def test_ten_times_the_load_is_absorbed_brought_back_and_counted_exactly(
    spike: Spike, api: Api, tmp_path: Path
) -> None:
    results = await run(spike, api, at_most=44)
    served = [each for each in spike.answered if each.status == 200]
    failed = spike.failed()
    assert (results["final"], results["voters"]) == (True, len(served))
    assert {each.status for each in failed} <= {503}
    # The servers turn many away at first: it was a spike, and the functions are what ended it.
    assert failed
    assert {each.by for each in failed} == {"servers"}
    absorbed_minutes = (max(each.at_s for each in failed) - 2 * MINUTE_S) / MINUTE_S
    assert absorbed_minutes < 8
    assert len(failed) < len(spike.answered) / 4
    assert min(each.server_weight for each in spike.minutes) <= 11
    assert spike.is_back()
    picture = Path(os.environ.get("BURST_PICTURE", tmp_path / "burst.svg"))
    draw(spike, picture, told(spike, began_at=2))
    assert picture.stat().st_size > 10_000


async def test_without_the_functions_the_same_spike_is_turned_away(
    aws: LoadBalancer, spike: Spike, api: Api
) -> None:
    aws.set_parameter(SWITCH, "servers")
    spike.scales = False
    results = await run(spike, api, at_most=6)
    assert {each.by for each in spike.answered} == {"servers"}
    assert len(spike.failed()) > len(spike.answered) / 2
    assert results["voters"] == len(spike.answered) - len(spike.failed())
