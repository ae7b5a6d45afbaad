"""I3 of a quiz: an answer that is told 200 is scored by the reveal, and nothing is after it."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.quizzes.queries import change_quiz, find_quiz
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now
from tests.support.held import held_newcomer
from tests.support.problems import check_problem
from tests.support.quiz_recount import check_quiz
from tests.support.recount import check_exact
from tests.support.tables import query
from tests.support.waiting import until_waiting


async def players_of(quiz: Json, table: str) -> set[str]:
    """Return who has an answer to the first question, or a score."""
    key = {"quiz_answers": "question_id", "quiz_scores": "quiz_id"}[table]
    id = quiz["questions"][0]["id"] if table == "quiz_answers" else quiz["id"]
    rows = await query(f"SELECT participant_id FROM {table} WHERE {key} = :id", id=id)
    return {str(participant_id) for (participant_id,) in rows}


@pytest.mark.parametrize("seed", range(4))
async def test_of_answers_that_race_the_reveal_exactly_the_accepted_ones_are_scored(
    workers: list[Api], seed: int
) -> None:
    api, chance = workers[0], Random(seed)
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    people = await crowd(event, 24)
    revealing: list[asyncio.Task[Json]] = []

    async def answer(number: int, person: Participant) -> tuple[str, int]:
        await asyncio.sleep(chance.random() * 0.2)
        if number == 12:
            worker = chance.choice(workers)
            revealing.append(asyncio.create_task(worker.run_quiz(quiz, "reveal")))
        question, choice = quiz["questions"][0], chance.randrange(3)
        told = await chance.choice(workers).choose(person, question, choice)
        return person.id, told.status_code

    told = await asyncio.gather(*(answer(n, person) for n, person in enumerate(people)))
    assert (await revealing[0])["state"] == "reveal"
    accepted = {person for person, status in told if status == 200}
    assert {status for _, status in told} <= {200, 409}
    assert await players_of(quiz, "quiz_answers") == accepted
    assert await players_of(quiz, "quiz_scores") == accepted
    await check_quiz(api, event, quiz)
    await publish_now(event)
    await check_quiz(api, event, quiz)
    await check_exact(api, event)


async def test_the_reveal_waits_for_an_answer_that_passed_the_gate_and_scores_it(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    player = await api.join(event)
    async with held_newcomer(player, event["id"]):
        answering = asyncio.create_task(api.choose(player, quiz["questions"][0], 0))
        await until_waiting("transactionid")
        revealing = asyncio.create_task(api.run_quiz(quiz, "reveal"))
        await until_waiting("advisory")
        assert not revealing.done()
    assert (await answering).status_code == 200
    await revealing
    assert await players_of(quiz, "quiz_scores") == {player.id}
    await check_quiz(api, event, quiz)


async def test_an_answer_that_meets_the_reveal_waits_for_it_and_is_too_late(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    late = await api.join(event)
    async with write_session() as session:
        locked = await lock_event(session, UUID(event["id"]))
        found = await find_quiz(session, UUID(quiz["id"]))
        await change_quiz(session, locked, found, "reveal")
        answering = asyncio.create_task(api.choose(late, quiz["questions"][0], 0))
        await until_waiting("advisory")
        assert not answering.done()
    check_problem(await answering, 409, "too_late")
    assert await players_of(quiz, "quiz_answers") == set()


async def test_a_reveal_that_fails_lets_the_answers_that_waited_count(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    player = await api.join(event)
    with pytest.raises(ZeroDivisionError):
        async with write_session() as session:
            locked = await lock_event(session, UUID(event["id"]))
            found = await find_quiz(session, UUID(quiz["id"]))
            await change_quiz(session, locked, found, "reveal")
            answering = asyncio.create_task(api.choose(player, quiz["questions"][0], 0))
            await until_waiting("advisory")
            raise ZeroDivisionError
    assert (await answering).status_code == 200
    await api.run_quiz(quiz, "reveal")
    assert await players_of(quiz, "quiz_scores") == {player.id}


async def test_answers_sent_to_every_worker_at_once_are_one(workers: list[Api]) -> None:
    api = workers[0]
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    people = await crowd(event, 12)
    sent = await asyncio.gather(
        *(
            worker.choose(person, quiz["questions"][0], n % 3)
            for n, person in enumerate(people)
            for worker in workers
            for _ in range(2)
        )
    )
    assert {answer.status_code for answer in sent} == {200}
    assert len({answer.text for answer in sent}) <= len(people)
    await api.run_quiz(quiz, "reveal")
    await check_quiz(api, event, quiz)
    await check_exact(api, event)


async def test_batches_that_meet_over_the_same_newcomers_do_not_deadlock(
    workers: list[Api],
) -> None:
    api = workers[0]
    event = await api.make_event()
    quiz, poll = await api.make_quiz(event), await api.make_poll(event)
    people = await crowd(event, 40)
    writes = [
        write
        for n, person in enumerate(people)
        for write in (
            workers[n % 3].choose(person, quiz["questions"][0], n % 3),
            workers[(n + 1) % 3].vote(person, poll, n % 3),
            workers[(n + 2) % 3].choose(person, quiz["questions"][0], n % 3),
        )
    ]
    Random(1).shuffle(writes)
    assert {answer.status_code for answer in await asyncio.gather(*writes)} == {200}
    await publish_now(event)
    await check_exact(api, event)
