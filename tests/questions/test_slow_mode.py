"""Slow mode: a rest between two questions of one participant, that the database counts."""

import asyncio

import httpx
import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from shared.errors import SlowMode
from shared.questions.rules import check_rest
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.problems import check_problem
from tests.support.tables import query


async def ask(api: Api, event: Json, author: Participant) -> httpx.Response:
    path = f"/v1/events/{event['id']}/questions"
    return await api.call("POST", path, author.token, {"body": "And another one?"})


async def test_the_next_question_of_a_participant_waits_and_nobody_elses(api: Api) -> None:
    event = await api.make_event(slow_mode_s=60)
    author, other = await crowd(event, 2)
    assert (await ask(api, event, author)).status_code == 201

    refused = await ask(api, event, author)

    check_problem(refused, 429, "slow_mode")
    assert 50 < int(refused.headers["retry-after"]) <= 60
    assert (await ask(api, event, other)).status_code == 201
    async with write_session() as session:
        sql = (
            "UPDATE questions SET asked_at = asked_at - interval '60 s' WHERE participant_id = :id"
        )
        await session.execute(text(sql), {"id": author.id})
    assert (await ask(api, event, author)).status_code == 201


async def test_of_questions_that_are_asked_at_once_one_is_taken(api: Api) -> None:
    event = await api.make_event(slow_mode_s=60)
    [author] = await crowd(event, 1)
    answers = await asyncio.gather(*(ask(api, event, author) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [429] * 7
    sql = "SELECT count(*) FROM questions WHERE participant_id = :id"
    assert await query(sql, id=author.id) == [(1,)]


async def test_slow_mode_is_off_unless_it_is_set_and_the_audience_knows_of_it(api: Api) -> None:
    event = await api.make_event()
    [author] = await crowd(event, 1)
    assert event["settings"]["slow_mode_s"] == 0
    for _ in range(3):
        assert (await ask(api, event, author)).status_code == 201
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"settings": {"slow_mode_s": 30}})
    check_problem(await ask(api, event, author), 429, "slow_mode")
    joined = await api.call("POST", "/v1/join", None, {"join_code": event["join_code"]})
    assert joined.json()["event"]["settings"]["slow_mode_s"] == 30


@pytest.mark.parametrize("seconds", [-1, 3_601, 1.5, "10", True, None])
async def test_a_rest_that_does_not_fit_is_422(api: Api, seconds: object) -> None:
    body = {"title": "Keynote", "settings": {"slow_mode_s": seconds}}
    refused = await api.call("POST", "/v1/events", api.organizer_key, body)
    check_problem(refused, 422, "invalid_request")


def test_the_wait_is_what_is_left_of_the_rest_in_whole_seconds() -> None:
    check_rest(None, slow_mode_s=60)
    check_rest(60.0, slow_mode_s=60)
    check_rest(0.0, slow_mode_s=0)
    for since_s, wait_s in ((0.0, 60), (0.5, 60), (58.9, 2), (59.999, 1)):
        with pytest.raises(SlowMode) as refused:
            check_rest(since_s, slow_mode_s=60)
        assert refused.value.retry_after_s == wait_s
