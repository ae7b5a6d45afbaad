"""A hall that asks all at once holds nobody else up."""

import asyncio
import time

from tests.support.api import Api
from tests.support.held import held
from tests.support.waiting import until_waiting

# Several times the connections of the test's process.
ASKERS = 40


async def test_who_waits_to_ask_takes_no_connection_that_votes_need(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    askers = [await api.join(event) for _ in range(ASKERS)]
    voter = await api.join(event)
    lock = "SELECT FROM events WHERE id = :id FOR NO KEY UPDATE"
    async with held(lock, id=event["id"]):
        asking = [asyncio.create_task(api.ask(asker, event, "Why?")) for asker in askers]
        await until_waiting("transactionid")
        started = time.monotonic()
        assert (await api.vote(voter, poll, 0)).status_code == 200
        assert (await api.results(poll))["voters"] == 1
        assert time.monotonic() - started < 1
    await asyncio.gather(*asking)
