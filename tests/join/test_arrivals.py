"""Many who arrive at once."""

import asyncio

import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from shared.events.joinable import find_joinable_event
from shared.events.queries import forget_joinable
from tests.support.addresses import client_elsewhere
from tests.support.api import Api
from tests.support.settings import changed_settings
from tests.support.statements import Statements


@pytest.mark.parametrize("live", [True, False])
async def test_a_hall_that_arrives_at_once_asks_for_the_event_once(api: Api, live: bool) -> None:
    event = await api.make_event(live=live)
    body = {"join_code": event["join_code"]}
    async with client_elsewhere() as client, Statements() as statements:
        answers = await asyncio.gather(*(client.post("/v1/join", json=body) for _ in range(150)))
    assert {answer.status_code for answer in answers} == {200 if live else 409}
    assert statements.naming("join_code") <= 2


async def test_whoever_joins_while_the_event_changes_does_not_keep_what_it_was(api: Api) -> None:
    event = await api.make_event()
    with changed_settings(tick_interval_ms=60_000):
        async with write_session() as session:
            await session.execute(
                text("UPDATE events SET title = 'Renamed' WHERE id = :id"), {"id": event["id"]}
            )
            forget_joinable(session, event["join_code"])
            assert (await find_joinable_event(event["join_code"])).title == event["title"]
        assert (await find_joinable_event(event["join_code"])).title == "Renamed"
