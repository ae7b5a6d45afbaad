"""Upvoting and taking it back: one each, however often it is sent."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.tables import query
from tests.support.waiting import until


async def send(api: Api, method: str, voter: Participant, question: Json) -> httpx.Response:
    return await api.call(method, f"/v1/questions/{question['id']}/upvote", voter.token)


async def until_shown(reader: FeedReader, question: Json, upvotes: int) -> None:
    async def shown() -> bool:
        await reader.poll()
        entry: dict[str, Any] = reader.state["question", question["id"]]
        return bool(entry["upvotes"] == upvotes)

    await until(shown)


async def test_upvotes_are_counted_and_reach_both_feeds(api: Api) -> None:
    event = await api.make_event()
    author = await api.join(event)
    question = await api.ask(author, event, "Who agrees?")
    voters = [author, *[await api.join(event) for _ in range(4)]]

    receipts = await asyncio.gather(*(send(api, "PUT", voter, question) for voter in voters))

    for receipt in receipts:
        assert receipt.status_code == 200
        assert receipt.json() == {"question_id": question["id"], "upvoted": True}
    for reader in (FreshReader(api, event), FeedReader(api, event, api.organizer_key)):
        await until_shown(reader, question, 5)


async def test_an_upvote_counts_once_however_often_it_is_sent(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Who agrees?")
    voter = await api.join(event)

    again = await asyncio.gather(*(send(api, "PUT", voter, question) for _ in range(10)))

    assert {answer.status_code for answer in again} == {200}
    await until_shown(FreshReader(api, event), question, 1)
    assert await query("SELECT 1 FROM upvotes WHERE question_id = :id", id=question["id"]) == [(1,)]


async def test_an_upvote_that_is_taken_back_counts_no_more(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Who agrees?")
    leaving, staying = await api.join(event), await api.join(event)
    reader = FreshReader(api, event)
    for voter in (leaving, staying):
        await send(api, "PUT", voter, question)
    await until_shown(reader, question, 2)

    for _ in range(2):
        retracted = await send(api, "DELETE", leaving, question)
        assert retracted.status_code == 200
        assert retracted.json() == {"question_id": question["id"], "upvoted": False}

    await until_shown(reader, question, 1)
    await send(api, "PUT", leaving, question)
    await until_shown(reader, question, 2)


async def test_taking_back_what_was_never_given_changes_nothing(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Who agrees?")
    voter = await api.join(event)

    retracted = await send(api, "DELETE", voter, question)

    assert (retracted.status_code, retracted.json()["upvoted"]) == (200, False)
    assert await query("SELECT 1 FROM participants WHERE id = :id", id=voter.id) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_what_the_public_does_not_see_is_404(api: Api, method: str) -> None:
    event = await api.make_event(question_moderation=True)
    author, voter = await api.join(event), await api.join(event)
    question = await api.ask(author, event, "May I?")
    path = f"/v1/questions/{question['id']}"

    for status in (None, "dismissed", "archived"):
        if status:
            await api.call("PATCH", path, api.organizer_key, {"status": status})
        for participant in (author, voter):
            check_problem(await send(api, method, participant, question), 404, "not_found")

    await api.call("PATCH", path, api.organizer_key, {"status": "answered"})
    assert (await send(api, method, voter, question)).status_code == 200


async def test_the_upvotes_of_a_question_that_was_away_come_back_with_it(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Who agrees?")
    await send(api, "PUT", await api.join(event), question)
    path = f"/v1/questions/{question['id']}"

    for status in ("dismissed", "published"):
        changed = await api.call("PATCH", path, api.organizer_key, {"status": status})
        assert changed.json()["upvotes"] == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_no_upvote_changes_in_an_event_that_has_ended(api: Api, method: str) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Who agrees?")
    voter = await api.join(event)
    await send(api, "PUT", voter, question)
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})

    check_problem(await send(api, method, voter, question), 409, "event_not_live")

    await until_shown(FreshReader(api, event), question, 1)
