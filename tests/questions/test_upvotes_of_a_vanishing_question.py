"""Upvotes that meet the end of their question or event: an answer, never an error."""

import asyncio

import httpx
import pytest

from tests.support.api import Api, Json, Participant
from tests.support.held import held, held_newcomer
from tests.support.tables import query
from tests.support.waiting import until_waiting


async def _upvote(api: Api, participant: Participant, question: Json) -> httpx.Response:
    return await api.call("PUT", f"/v1/questions/{question['id']}/upvote", participant.token)


async def _erase(api: Api, path: str) -> httpx.Response:
    return await api.call("DELETE", path, api.organizer_key)


async def test_an_upvote_under_way_is_written_before_its_question_is_erased(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    voter = await api.join(event)
    async with held_newcomer(voter, event["id"]):
        upvoting = asyncio.create_task(_upvote(api, voter, question))
        await until_waiting("transactionid")
        erasing = asyncio.create_task(_erase(api, f"/v1/questions/{question['id']}"))
        await until_waiting("advisory")
    assert (await upvoting).status_code == 200
    assert (await erasing).status_code == 204
    assert await query("SELECT 1 FROM upvotes WHERE question_id = :id", id=question["id"]) == []


@pytest.mark.parametrize("what", ["questions", "events"])
async def test_an_upvote_that_meets_an_erasure_waits_for_it_and_finds_no_question(
    api: Api, what: str
) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    erased = {"questions": question, "events": event}[what]
    assert (await _upvote(api, await api.join(event), question)).status_code == 200
    locked = "SELECT 1 FROM upvotes WHERE question_id = :id FOR UPDATE"
    async with held(locked, id=question["id"]):
        erasing = asyncio.create_task(_erase(api, f"/v1/{what}/{erased['id']}"))
        await until_waiting("transactionid")
        upvoting = asyncio.create_task(_upvote(api, await api.join(event), question))
        await until_waiting("advisory")
    assert (await erasing).status_code == 204
    assert (await upvoting).status_code == 404
    assert await query("SELECT 1 FROM upvotes WHERE question_id = :id", id=question["id"]) == []
    assert (
        await query("SELECT 1 FROM tally_counters WHERE subject_id = :id", id=question["id"]) == []
    )


async def test_no_upvote_is_written_after_the_end_of_its_event_was_committed(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    early, late = await api.join(event), await api.join(event)
    async with held_newcomer(early, event["id"]):
        upvoting = asyncio.create_task(_upvote(api, early, question))
        await until_waiting("transactionid")
        path = f"/v1/events/{event['id']}"
        ending = asyncio.create_task(
            api.call("PATCH", path, api.organizer_key, {"status": "ended"})
        )
        await until_waiting("advisory")
    assert (await upvoting).status_code == (await ending).status_code == 200
    refused = await _upvote(api, late, question)
    assert (refused.status_code, refused.json()["code"]) == (409, "event_not_live")
