"""What an answer is worth, and who stands where: against a reckoning of its own."""

import asyncio
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from tests.support.api import Api, Json, Participant, quiz_question
from tests.support.crowd import crowd
from tests.support.quiz_recount import check_quiz, points
from tests.support.quizzes import answer_write, written
from tests.support.tables import query


async def answer_after(
    event: Json, question: Json, player: Participant, choice: int, response_ms: int
) -> None:
    """Write an answer as if it had taken so long."""
    await written([answer_write(event, question, player, choice)])
    async with write_session() as session:
        await session.execute(
            text(
                "UPDATE quiz_answers SET response_ms = :ms"
                " WHERE question_id = :question_id AND participant_id = :participant_id"
            ),
            {"ms": response_ms, "question_id": question["id"], "participant_id": player.id},
        )


async def standings(quiz: Json) -> dict[str, tuple[int, int, int]]:
    """Return each participant's score, rank and streak."""
    rows = await query(
        "SELECT participant_id, score, rank, streak FROM quiz_scores WHERE quiz_id = :id",
        id=quiz["id"],
    )
    return {str(participant): (score, rank, streak) for participant, score, rank, streak in rows}


@pytest.mark.parametrize(
    ("response_ms", "score"),
    [(0, 1000), (499, 1000), (500, 988), (2_000, 950), (10_000, 750), (20_000, 500)],
)
async def test_a_right_answer_is_worth_less_the_later_it_comes(
    api: Api, response_ms: int, score: int
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(time_limit_s=20))
    [player, wrong] = await crowd(event, 2)
    await answer_after(event, quiz["questions"][0], player, 0, response_ms)
    await answer_after(event, quiz["questions"][0], wrong, 1, response_ms)
    await api.run_quiz(quiz, "reveal")
    assert await standings(quiz) == {player.id: (score, 1, 1), wrong.id: (0, 2, 0)}


@pytest.mark.parametrize("seed", range(3))
async def test_scores_are_the_published_formulas(api: Api, seed: int) -> None:
    chance = Random(seed)
    limit_s, worth = chance.randint(1, 600), chance.randint(0, 10_000)
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(points=worth))
    async with write_session() as session:
        await session.execute(
            text("UPDATE quiz_questions SET time_limit_s = :limit WHERE quiz_id = :id"),
            {"limit": limit_s, "id": quiz["id"]},
        )
    expected = {}
    for player in await crowd(event, 40):
        response_ms = chance.randint(0, limit_s * 1000)
        await answer_after(event, quiz["questions"][0], player, 0, response_ms)
        expected[player.id] = points(worth, limit_s, response_ms)
    await api.run_quiz(quiz, "reveal")
    assert {who: score for who, (score, _, _) in (await standings(quiz)).items()} == expected


@pytest.mark.parametrize(
    ("right", "chosen", "is_right"),
    [
        ((0, 1), (0, 1), True),
        ((0, 1), (0,), False),
        ((0, 1), (0, 1, 2), False),
        ((0,), (0, 1), False),
        ((0, 1, 2), (0, 1, 2), True),
        ((2,), (1,), False),
    ],
)
async def test_an_answer_is_right_when_it_names_all_right_options_and_no_other(
    api: Api, right: tuple[int, ...], chosen: tuple[int, ...], is_right: bool
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(right=right))
    player = await api.join(event)
    assert (await api.choose(player, quiz["questions"][0], *chosen)).status_code == 200
    await api.run_quiz(quiz, "reveal")
    me = (await api.call("GET", f"/v1/events/{event['id']}/me", player.token)).json()["quiz"]
    assert me["answers"][0]["correct"] is is_right
    assert me["score"] == (1000 if is_right else 0)


async def test_equal_scores_are_ordered_by_time_and_equal_ones_share_a_rank(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    first, second, third, last = await crowd(event, 4, name="Grace")
    for player, choice, response_ms in (
        (third, 0, 200),
        (second, 0, 100),
        (first, 0, 100),
        (last, 1, 50),
    ):
        await answer_after(event, question, player, choice, response_ms)
    await api.run_quiz(quiz, "reveal")
    ranks = {who: rank for who, (_, rank, _) in (await standings(quiz)).items()}
    assert ranks == {first.id: 1, second.id: 1, third.id: 3, last.id: 4}
    [(entries,)] = await query(
        "SELECT body::jsonb -> 'entries' FROM feed_entries WHERE event_id = :id"
        " AND audience = 'staff' AND type = 'leaderboard'",
        id=event["id"],
    )
    # Equal ones in the order in which they joined.
    assert [each["participant_id"] for each in entries] == [
        player.id for player in (first, second, third, last)
    ]


@pytest.mark.parametrize("bonus", [True, False])
async def test_a_streak_grows_with_right_answers_and_ends_with_a_wrong_or_missing_one(
    api: Api, bonus: bool
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(
        event, *(quiz_question() for _ in range(9)), run=("start",), streak_bonus=bonus
    )
    player = await api.join(event)
    answers = [0, 0, 1, 0, None, 0, 0, 0, 0]
    seen = []
    for question, choice in zip(quiz["questions"], answers, strict=True):
        await api.run_quiz(quiz, "next")
        if choice is not None:
            await answer_after(event, question, player, choice, 0)
        await api.run_quiz(quiz, "reveal")
        me = (await api.call("GET", f"/v1/events/{event['id']}/me", player.token)).json()["quiz"]
        seen.append((me["streak"], me["last_points"]))
    streaks = [1, 2, 0, 1, 0, 1, 2, 3, 4]
    assert seen == [
        (streak, (1000 + (100 * (streak - 1) if bonus else 0)) if streak else 0)
        for streak in streaks
    ]


async def test_a_streaks_bonus_is_at_most_half_of_the_points(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(
        event, *(quiz_question() for _ in range(8)), run=("start",), streak_bonus=True
    )
    player = await api.join(event)
    gained = []
    for question in quiz["questions"]:
        await api.run_quiz(quiz, "next")
        await answer_after(event, question, player, 0, 0)
        await api.run_quiz(quiz, "reveal")
        me = (await api.call("GET", f"/v1/events/{event['id']}/me", player.token)).json()["quiz"]
        gained.append(me["last_points"])
    assert gained == [1000, 1100, 1200, 1300, 1400, 1500, 1500, 1500]
    assert (me["score"], me["rank"]) == (sum(gained), 1)


async def test_the_leaderboard_has_the_twenty_best_and_everyone_knows_the_own_rank(
    api: Api,
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(time_limit_s=600))
    people = await crowd(event, 30, name="Grace")
    for number, player in enumerate(people):
        await answer_after(event, quiz["questions"][0], player, 0, 1_000 * (number + 1))
    await api.run_quiz(quiz, "reveal")
    path = f"/v1/quizzes/{quiz['id']}/leaderboard"
    shown = (await api.call("GET", path, people[24].token)).json()
    assert (shown["players"], [entry["rank"] for entry in shown["entries"]]) == (
        30,
        list(range(1, 21)),
    )
    assert shown["me"]["rank"] == 25
    me = await api.call("GET", f"/v1/events/{event['id']}/me", people[29].token)
    assert me.json()["quiz"]["rank"] == 30


async def test_what_is_mine_tells_nothing_right_before_the_reveal(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/me"
    player = await api.join(event)
    nothing: Json = {"quiz_id": None, "answers": [], "score": 0, "rank": None, "streak": 0}
    nothing |= {"last_points": 0, "time_factor": 1.0}
    assert (await api.call("GET", path, player.token)).json()["quiz"] == nothing
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    receipt = (await api.choose(player, question, 0)).json()
    answer = {
        "quiz_question_id": question["id"],
        "option_ids": [question["options"][0]["id"]],
        "received_at": receipt["received_at"],
        "correct": None,
    }
    mine = (await api.call("GET", path, player.token)).json()["quiz"]
    assert mine == nothing | {"quiz_id": quiz["id"], "answers": [answer]}
    await api.run_quiz(quiz, "finish")
    mine = (await api.call("GET", path, player.token)).json()["quiz"]
    assert (mine["answers"], mine["score"], mine["rank"]) == ([answer | {"correct": True}], 1000, 1)


async def test_speed_is_measured_from_the_opening_to_the_receipt(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(time_limit_s=10))
    question = quiz["questions"][0]
    player = await api.join(event)
    await asyncio.sleep(0.7)
    receipt = (await api.choose(player, question, 0)).json()
    detail = (await api.call("GET", f"/v1/quizzes/{quiz['id']}", api.organizer_key)).json()
    opens_at = datetime.fromisoformat(detail["questions"][0]["opens_at"])
    took = datetime.fromisoformat(receipt["received_at"]) - opens_at
    assert took >= timedelta(seconds=0.7)
    await api.run_quiz(quiz, "reveal")
    [(response_ms,)] = await query(
        "SELECT response_ms FROM quiz_answers WHERE participant_id = :id", id=player.id
    )
    assert abs(response_ms - took / timedelta(milliseconds=1)) <= 1
    score, _, _ = (await standings(quiz))[player.id]
    assert score == points(1000, 10, response_ms) < 1000


async def test_a_quiz_at_random_is_reckoned_as_by_hand(api: Api) -> None:
    chance = Random(4)
    event = await api.make_event()
    questions = [
        quiz_question(right=tuple(chance.sample(range(3), k=chance.randint(1, 2))), points=worth)
        for worth in (0, 999, 1_000, 3_333, 10_000)
    ]
    quiz = await api.make_quiz(event, *questions, run=("start",), streak_bonus=True)
    people = await crowd(event, 30, name="Grace")
    for question in quiz["questions"]:
        await api.run_quiz(quiz, "next")
        for player in people:
            if chance.random() < 0.8:
                choice, response_ms = chance.randrange(3), chance.choice((0, 700, 60_000))
                await answer_after(event, question, player, choice, response_ms)
        await api.run_quiz(quiz, "reveal")
        await check_quiz(api, event, quiz)
