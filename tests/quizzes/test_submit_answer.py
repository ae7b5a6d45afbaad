"""Answers: one each, by the time of receipt, kept once whatever is sent again."""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.errors import AlreadyAnswered
from shared.quizzes.answers import write_answers
from tests.support.api import Api, Json, Participant, quiz_question
from tests.support.crowd import crowd
from tests.support.feed import publish_now
from tests.support.held import held_newcomer
from tests.support.problems import check_problem
from tests.support.quizzes import answer_write, written
from tests.support.recount import check_exact
from tests.support.tables import query
from tests.support.waiting import until_waiting


async def answers_of(question: Json) -> list[tuple[str, list[str]]]:
    rows = await query(
        "SELECT participant_id, option_ids FROM quiz_answers WHERE question_id = :id",
        id=question["id"],
    )
    return [(str(participant), chosen) for participant, chosen in rows]


async def test_an_answer_is_kept_with_the_time_of_its_receipt(api: Api) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event))["questions"][0]
    player = await api.join(event)
    before = datetime.now(UTC)
    answer = await api.choose(player, question, 0)
    assert answer.status_code == 200
    assert list(answer.json()) == ["received_at"]
    received_at = datetime.fromisoformat(answer.json()["received_at"])
    assert before <= received_at <= datetime.now(UTC)
    assert await answers_of(question) == [(player.id, [question["options"][0]["id"]])]


async def test_the_same_answer_again_gets_the_same_receipt_in_any_order_of_its_options(
    api: Api,
) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event))["questions"][0]
    player = await api.join(event)
    receipts = [await api.choose(player, question, *order) for order in ((0, 2), (2, 0), (0, 2))]
    assert [receipt.status_code for receipt in receipts] == [200] * 3
    assert len({receipt.text for receipt in receipts}) == 1
    assert len(await answers_of(question)) == 1


async def test_another_answer_is_refused_and_the_first_one_stays(api: Api) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event))["questions"][0]
    player = await api.join(event)
    await api.choose(player, question, 1)
    check_problem(await api.choose(player, question, 0), 409, "already_answered")
    assert await answers_of(question) == [(player.id, [question["options"][1]["id"]])]


async def test_different_answers_sent_at_once_leave_one_and_one_receipt(api: Api) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event))["questions"][0]
    player = await api.join(event)
    sent = await asyncio.gather(*(api.choose(player, question, n % 3) for n in range(9)))
    statuses = [answer.status_code for answer in sent]
    assert (statuses.count(200), statuses.count(409)) == (3, 6)
    assert len({answer.text for answer in sent if answer.status_code == 200}) == 1
    assert len(await answers_of(question)) == 1


async def test_an_answer_after_the_reveal_is_too_late_but_a_repeated_one_gets_its_receipt(
    api: Api,
) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    player, late = await crowd(event, 2)
    receipt = await api.choose(player, question, 0)
    await api.run_quiz(quiz, "reveal")
    check_problem(await api.choose(late, question, 0), 409, "too_late")
    again = await api.choose(player, question, 0)
    assert (again.status_code, again.text) == (200, receipt.text)
    check_problem(await api.choose(player, question, 1), 409, "already_answered")
    assert len(await answers_of(question)) == 1


async def test_an_answer_after_the_time_limit_is_too_late(api: Api) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event, quiz_question(time_limit_s=1)))["questions"][0]
    early, late = await crowd(event, 2)
    assert (await api.choose(early, question, 0)).status_code == 200
    await asyncio.sleep(1.05)
    check_problem(await api.choose(late, question, 0), 409, "too_late")
    assert [participant for participant, _ in await answers_of(question)] == [early.id]


async def test_an_answer_before_the_opening_is_too_early_and_can_be_given_again(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, run=("start",))
    question = (await api.run_quiz(quiz, "next", opens_in_ms=400))["questions"][0]
    player = await api.join(event)
    check_problem(await api.choose(player, question, 0), 409, "too_early")
    assert await answers_of(question) == []
    await asyncio.sleep(0.45)
    assert (await api.choose(player, question, 0)).status_code == 200


async def test_a_question_that_was_not_shown_yet_is_not_there(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question())
    player = await api.join(event)
    hidden = quiz["questions"][1]
    check_problem(await api.choose(player, hidden, 0), 404)
    path = f"/v1/quiz-questions/{hidden['id']}/answer"
    check_problem(await api.call("PUT", path, player.token, {"wrong": 1}), 404)


async def test_an_answer_in_another_event_is_not_there(api: Api) -> None:
    question = (await api.make_quiz(await api.make_event()))["questions"][0]
    stranger = await api.join(await api.make_event())
    check_problem(await api.choose(stranger, question, 0), 404)
    assert await answers_of(question) == []


async def test_an_earlier_question_takes_no_answers_any_more(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question())
    await api.run_quiz(quiz, "reveal")
    await api.run_quiz(quiz, "next")
    player = await api.join(event)
    check_problem(await api.choose(player, quiz["questions"][0], 0), 409, "too_late")
    assert (await api.choose(player, quiz["questions"][1], 0)).status_code == 200


async def test_an_answer_that_breaks_the_rule_is_refused_and_changes_nothing(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question())
    question, other = quiz["questions"]
    player = await api.join(event)
    path = f"/v1/quiz-questions/{question['id']}/answer"
    first, foreign = question["options"][0]["id"], other["options"][0]["id"]
    for chosen in ([], [first, first], [foreign], [first, foreign]):
        refused = await api.call("PUT", path, player.token, {"option_ids": chosen})
        check_problem(refused, 422, "invalid_request")
    assert await answers_of(question) == []
    assert await query("SELECT 1 FROM participants WHERE id = :id", id=player.id) == []


async def test_what_waited_in_the_process_counts_from_its_receipt_and_no_clock_is_trusted_further(
    api: Api,
) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event, quiz_question(time_limit_s=600)))["questions"][0]
    now = datetime.now(UTC)
    waited, ahead, behind = await crowd(event, 3)
    [first] = await written([answer_write(event, question, waited, 0, received_at=now)])
    [second] = await written(
        [answer_write(event, question, ahead, 0, received_at=now + timedelta(hours=1))]
    )
    assert first == now
    assert second < datetime.now(UTC) + timedelta(seconds=1)
    refused = await written(
        [answer_write(event, question, behind, 0, received_at=now - timedelta(hours=1))], refused=1
    )
    assert refused == []


async def test_the_same_answer_in_batches_that_meet_counts_once_with_one_receipt(api: Api) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event))["questions"][0]
    player = await api.join(event)
    async with held_newcomer(player, event["id"]):
        # Both have looked before either has written.
        meeting = [
            asyncio.create_task(written([answer_write(event, question, player, 1)]))
            for _ in range(2)
        ]
        await until_waiting("transactionid", count=2)
    first, second = await asyncio.gather(*meeting)
    assert first == second
    await publish_now(event)
    await check_exact(api, event)


async def test_different_answers_in_batches_that_meet_leave_one_of_them(api: Api) -> None:
    event = await api.make_event()
    question = (await api.make_quiz(event))["questions"][0]
    player = await api.join(event)
    async with held_newcomer(player, event["id"]):
        meeting = [
            asyncio.create_task(write_answers([answer_write(event, question, player, choice)]))
            for choice in range(2)
        ]
        await until_waiting("transactionid", count=2)
    outcomes = [outcome for [outcome] in await asyncio.gather(*meeting)]
    assert sum(isinstance(outcome, AlreadyAnswered) for outcome in outcomes) == 1
    await publish_now(event)
    await check_exact(api, event)


def _ids(people: list[Participant]) -> set[str]:
    return {person.id for person in people}


async def test_a_hall_that_answers_at_once_is_counted_exactly(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    question = quiz["questions"][0]
    people = await crowd(event, 150)
    statuses = await asyncio.gather(
        *(api.choose(person, question, n % 3) for n, person in enumerate(people))
    )
    assert {answer.status_code for answer in statuses} == {200}
    assert {participant for participant, _ in await answers_of(question)} == _ids(people)
    await api.run_quiz(quiz, "reveal")
    shown = await query(
        "SELECT body::jsonb -> 'question' FROM feed_entries WHERE event_id = :id"
        " AND audience = 'public' AND type = 'quiz'",
        id=event["id"],
    )
    assert shown[0][0]["answered"] == 150
    assert [each["answers"] for each in shown[0][0]["tallies"]] == [50, 50, 50]
