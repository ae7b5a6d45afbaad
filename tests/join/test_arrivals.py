"""Many who arrive at once."""

import asyncio

import pytest

from tests.support.addresses import client_elsewhere
from tests.support.api import Api
from tests.support.statements import Statements


@pytest.mark.parametrize("live", [True, False])
async def test_a_hall_that_arrives_at_once_asks_for_the_event_once(api: Api, live: bool) -> None:
    event = await api.make_event(live=live)
    body = {"join_code": event["join_code"]}
    async with client_elsewhere() as client, Statements() as statements:
        answers = await asyncio.gather(*(client.post("/v1/join", json=body) for _ in range(150)))
    assert {answer.status_code for answer in answers} == {200 if live else 409}
    assert statements.naming("join_code") <= 2
