"""Banning and erasing whoever plays: what counted of it is gone, and the others move up."""

import asyncio

import pytest

from tests.support.api import Api, FeedReader, quiz_question
from tests.support.crowd import crowd
from tests.support.feed import publish_now
from tests.support.problems import check_problem
from tests.support.quiz_recount import check_quiz
from tests.support.recount import check_exact
from tests.support.tables import query, tables_that_mention


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
