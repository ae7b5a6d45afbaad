"""I4, I5 and I7 of a quiz: clumsy clients end where fresh ones begin, and the audience costs a tick."""

import asyncio
from random import Random

import pytest

from tests.support.api import Api, Json, quiz_question
from tests.support.clients import ClumsyClient
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.quiz_recount import check_quiz
from tests.support.statements import Statements


async def _play(api: Api, event: Json, quiz: Json, chance: Random) -> None:
    """Play a whole quiz, with answers amid everything."""
    people = await crowd(event, 6, name="Grace")
    await api.run_quiz(quiz, "start")
    for question in quiz["questions"]:
        await api.run_quiz(quiz, "next")
        for person in people:
            if chance.random() < 0.8:
                answer = await api.choose(person, question, chance.randrange(3))
                assert answer.status_code == 200
            if chance.random() < 0.3:
                await publish_now(event)
        await api.run_quiz(quiz, "reveal")
    await api.run_quiz(quiz, "finish")


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_a_client_missed_it_ends_in_the_state_of_a_fresh_snapshot(
    api: Api, seed: int
) -> None:
    chance = Random(seed)
    event = await api.make_event()
    quiz = await api.make_quiz(event, *(quiz_question() for _ in range(3)), run=())
    clients = [
        ClumsyClient.of(api, event, audience, api.organizer_key if audience == "staff" else None)
        for audience in ("public", "public", "staff")
    ]
    playing = asyncio.create_task(_play(api, event, quiz, chance))
    while not playing.done():
        client = chance.choice(clients)
        await client.poll(chance.choice(("applied", "twice", "lost")))
        await asyncio.sleep(0.005)
    await playing
    await publish_now(event)
    for client in clients:
        await client.catch_up()
        assert client.reader.state == (await snapshot(api, event, client.audience)).state
    entry = clients[0].reader.state["quiz", quiz["id"]]
    assert (entry["state"], entry["question"]) == ("finished", None)
    await check_quiz(api, event, quiz)


async def test_answers_change_nothing_for_the_audience_and_cost_it_no_new_revision(
    api: Api,
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    before = (await snapshot(api, event)).cursor
    for person in await crowd(event, 10):
        assert (await api.choose(person, quiz["questions"][0], 0)).status_code == 200
        await publish_now(event)
    assert (await snapshot(api, event)).cursor == before


async def test_a_reveal_scores_and_ranks_everyone_in_one_statement(api: Api) -> None:
    event = await api.make_event()
    counted = []
    for size in (3, 60):
        quiz = await api.make_quiz(event)
        for person in await crowd(event, size):
            await api.choose(person, quiz["questions"][0], 0)
        async with Statements() as statements:
            await api.run_quiz(quiz, "reveal")
        assert statements.naming("INSERT INTO quiz_scores") == 1
        counted.append(statements.naming("quiz"))
        await api.run_quiz(quiz, "finish")
    assert counted[0] == counted[1]
