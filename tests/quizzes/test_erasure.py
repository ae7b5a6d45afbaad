"""Banning and erasing whoever plays: what counted of it is gone, and the others move up."""

import asyncio

import pytest

from tests.support.api import Api, FeedReader, quiz_question
from tests.support.crowd import crowd
from tests.support.feed import publish_now
from tests.support.held import held
from tests.support.problems import check_problem
from tests.support.quiz_recount import check_quiz
from tests.support.recount import check_exact
from tests.support.tables import query, tables_that_mention
from tests.support.waiting import until_waiting


@pytest.mark.parametrize("state", ["question", "reveal", "finished"])
async def test_an_erased_player_leaves_no_trace_in_answers_scores_and_leaderboard(
    api: Api, state: str
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question())
    [gone], others = await crowd(event, 1, name="Ada Traceable"), await crowd(event, 3, name="Ada")
    factor = f"/v1/events/{event['id']}/accommodations/{gone.id}"
    await api.call("PUT", factor, api.organizer_key, {"time_factor": 2})
    for question in quiz["questions"]:
        for number, player in enumerate([gone, *others]):
            assert (await api.choose(player, question, number % 2)).status_code == 200
        if question is quiz["questions"][0]:
            await api.run_quiz(quiz, "reveal")
            await api.run_quiz(quiz, "next")
    if state == "reveal":
        await api.run_quiz(quiz, "reveal")
    if state == "finished":
        await api.run_quiz(quiz, "finish")
    await publish_now(event)
    public = FeedReader(api, event)
    await public.poll()
    erased = await api.call("DELETE", f"/v1/participants/{gone.id}", api.organizer_key)
    assert erased.status_code == 204, erased.text
    assert await tables_that_mention(gone.id, "Ada Traceable") == {}
    await check_quiz(api, event, quiz)
    await check_exact(api, event)
    await public.poll()
    board = public.state["leaderboard", quiz["id"]]
    assert board["players"] == len(board["entries"]) == 3
    check_problem(await api.choose(gone, quiz["questions"][1], 0), 403, "banned")


async def test_a_banned_player_answers_no_more_and_keeps_its_score(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question())
    player = await api.join(event)
    await api.choose(player, quiz["questions"][0], 0)
    await api.run_quiz(quiz, "reveal")
    await api.call("POST", f"/v1/participants/{player.id}/ban", api.organizer_key)
    await api.run_quiz(quiz, "next")
    check_problem(await api.choose(player, quiz["questions"][1], 0), 403, "banned")
    await api.run_quiz(quiz, "reveal")
    await check_quiz(api, event, quiz)
    assert await query("SELECT score FROM quiz_scores WHERE quiz_id = :id", id=quiz["id"]) == [
        (1000,)
    ]


async def test_erasing_waits_for_an_answer_that_passed_the_gate_and_takes_it_along(
    api: Api,
) -> None:
    event = await api.make_event()
    quiz, poll = await api.make_quiz(event), await api.make_poll(event)
    gone = await api.join(event)
    assert (await api.vote(gone, poll, 0)).status_code == 200
    async with held("LOCK TABLE quiz_answers IN SHARE MODE"):
        answering = asyncio.create_task(api.choose(gone, quiz["questions"][0], 0))
        await until_waiting("relation")
        path = f"/v1/participants/{gone.id}"
        erasing = asyncio.create_task(api.call("DELETE", path, api.organizer_key))
        await until_waiting("advisory")
    assert (await answering).status_code == 200
    assert (await erasing).status_code == 204
    assert await tables_that_mention(gone.id) == {}
    await publish_now(event)
    await check_quiz(api, event, quiz)
    await check_exact(api, event)


async def test_erasing_players_amid_answers_leaves_exact_counts(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    people = await crowd(event, 40)
    answering = [
        asyncio.create_task(api.choose(player, quiz["questions"][0], n % 3))
        for n, player in enumerate(people)
    ]
    erasing = [
        api.call("DELETE", f"/v1/participants/{player.id}", api.organizer_key)
        for player in people[::5]
    ]
    statuses = {answer.status_code for answer in await asyncio.gather(*erasing)}
    assert statuses <= {204, 404}
    assert {answer.status_code for answer in await asyncio.gather(*answering)} <= {200, 403}
    await api.run_quiz(quiz, "reveal")
    await publish_now(event)
    await check_quiz(api, event, quiz)
    await check_exact(api, event)


@pytest.mark.parametrize("kind", ["event", "quiz"])
async def test_what_is_erased_amid_answers_is_gone_and_every_answer_gets_its_own(
    api: Api, kind: str
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    people = await crowd(event, 60)
    path = {"event": f"/v1/events/{event['id']}", "quiz": f"/v1/quizzes/{quiz['id']}"}[kind]
    answering = [
        asyncio.create_task(api.choose(player, question, n % 3)) for n, player in enumerate(people)
    ]
    await asyncio.wait(answering, return_when=asyncio.FIRST_COMPLETED)
    erased = await api.call("DELETE", path, api.organizer_key)
    assert erased.status_code == 204, erased.text
    statuses = {answer.status_code for answer in await asyncio.gather(*answering)}
    assert statuses <= {200, 404}
    check_problem(await api.choose(people[0], question, 0), 404)
    left = """
        SELECT 1 FROM quiz_answers WHERE question_id = :id
        UNION ALL SELECT 2 FROM tally_subjects WHERE subject_id = :id
        UNION ALL SELECT 3 FROM tally_counters WHERE subject_id = :id
    """
    assert await query(left, id=question["id"]) == []
