"""More time for a participant: longer to answer, and no fewer points for it; nobody else's to know."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.support.api import Api, Json, Participant, quiz_question
from tests.support.feed import snapshot
from tests.support.problems import check_problem
from tests.support.tables import query


async def give(api: Api, event: Json, player: Participant, factor: float) -> None:
    path = f"/v1/events/{event['id']}/accommodations/{player.id}"
    answer = await api.call("PUT", path, api.organizer_key, {"time_factor": factor})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"participant_id": player.id, "time_factor": factor}


async def test_who_has_more_time_can_answer_longer(api: Api) -> None:
    event = await api.make_event()
    longer, other = [await api.join(event) for _ in range(2)]
    await give(api, event, longer, 2)
    question = (await api.make_quiz(event, quiz_question(time_limit_s=1)))["questions"][0]
    await asyncio.sleep(1.1)
    check_problem(await api.choose(other, question, 0), 409, "too_late")
    assert (await api.choose(longer, question, 0)).status_code == 200
    await asyncio.sleep(1)
    late = await api.join(event)
    await give(api, event, late, 1.5)
    check_problem(await api.choose(late, question, 0), 409, "too_late")


async def test_time_counts_by_the_share_of_ones_own(api: Api) -> None:
    event = await api.make_event()
    longer, other = [await api.join(event) for _ in range(2)]
    await give(api, event, longer, 2)
    quiz = await api.make_quiz(event, quiz_question(time_limit_s=2))
    await asyncio.sleep(0.8)
    for player in (longer, other):
        assert (await api.choose(player, quiz["questions"][0], 0)).status_code == 200
    rows = await query(
        "SELECT participant_id, response_ms FROM quiz_answers WHERE question_id = :id",
        id=quiz["questions"][0]["id"],
    )
    took = {str(participant): response_ms for participant, response_ms in rows}
    assert took[other.id] >= 800
    assert abs(took[longer.id] - took[other.id] / 2) < 100


async def test_only_the_participant_and_the_staff_learn_of_it(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event)
    quiz = await api.make_quiz(event)
    before = await snapshot(api, event)
    await give(api, event, player, 1.5)
    after = await snapshot(api, event)
    assert (after.state, after.cursor) == (before.state, before.cursor)
    question = (await snapshot(api, event, "staff")).state["quiz", quiz["id"]]["question"]
    opens_at, last = (datetime.fromisoformat(question[n]) for n in ("opens_at", "last_closes_at"))
    assert last - opens_at == timedelta(seconds=900)
    me = await api.call("GET", f"/v1/events/{event['id']}/me", player.token)
    assert me.json()["quiz"]["time_factor"] == 1.5


async def test_it_can_be_changed_and_taken_back(api: Api) -> None:
    event = await api.make_event()
    player = await api.join(event)
    for factor in (3, 1.25, 1):
        await give(api, event, player, factor)
    [(kept,)] = await query(
        "SELECT time_factor FROM accommodations WHERE participant_id = :id", id=player.id
    )
    assert kept == 1


@pytest.mark.parametrize("factor", [0.99, 5.01, "2", True, None, float("1e999")])
async def test_a_factor_that_is_none_is_refused(api: Api, factor: object) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/accommodations/{event['id']}"
    content = f'{{"time_factor": {factor!r}}}'.replace("'", '"').replace("True", "true")
    refused = await api.call(
        "PUT",
        path,
        api.organizer_key,
        content=content.replace("None", "null").replace("inf", "1e999"),
        headers={"Content-Type": "application/json"},
    )
    assert refused.status_code == 422
    assert await query("SELECT 1 FROM accommodations WHERE event_id = :id", id=event["id"]) == []
