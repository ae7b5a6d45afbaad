"""The course of a quiz: lobby, question, reveal, leaderboard, end; and what each audience sees of it."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.support.api import Api, FeedReader, Json, quiz_question
from tests.support.feed import publish_now, snapshot
from tests.support.problems import check_problem
from tests.support.tables import query, tables_that_mention


async def shown(api: Api, event: Json, quiz: Json, audience: str = "public") -> Json:
    """Return the quiz's entry in the feed."""
    return (await snapshot(api, event, audience)).state["quiz", quiz["id"]]


async def board(api: Api, event: Json, quiz: Json, audience: str = "public") -> Json:
    """Return the leaderboard's entry in the feed."""
    return (await snapshot(api, event, audience)).state["leaderboard", quiz["id"]]


async def test_a_draft_is_the_staffs_only(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, run=())
    assert ("quiz", quiz["id"]) not in (await snapshot(api, event)).state
    entry = await shown(api, event, quiz, "staff")
    assert (entry["state"], entry["question"]) == ("draft", None)
    for path in ("", "/leaderboard"):
        answer = await api.call("GET", f"/v1/quizzes/{quiz['id']}{path}", api.organizer_key)
        assert answer.status_code == 200
    check_problem(await api.call("GET", f"/v1/quizzes/{quiz['id']}/leaderboard"), 404)


async def test_a_quiz_goes_from_the_lobby_through_each_question_to_its_end(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question("Rome", "Oslo"), run=())
    states = []
    for action in ("start", "next", "reveal", "next", "reveal", "finish"):
        answer = await api.run_quiz(quiz, action)
        entry = await shown(api, event, quiz)
        assert entry["state"] == answer["state"]
        assert (entry["id"], entry["title"], entry["question_count"]) == (
            quiz["id"],
            "Geography",
            2,
        )
        prompt = entry["question"] and len(entry["question"]["options"])
        states.append((entry["state"], entry["question_number"], prompt))
    assert states == [
        ("lobby", 0, None),
        ("question", 1, 3),
        ("reveal", 1, 3),
        ("question", 2, 2),
        ("reveal", 2, 2),
        ("finished", 2, None),
    ]


async def test_a_question_is_shown_with_its_times_and_by_the_servers_clock(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(time_limit_s=30, points=500), run=("start",))
    await api.run_quiz(quiz, "next", opens_in_ms=2_500)
    entry = await shown(api, event, quiz)
    question = entry["question"]
    opens_at, closes_at, now = (
        datetime.fromisoformat(each)
        for each in (question["opens_at"], question["closes_at"], entry["server_time"])
    )
    assert closes_at - opens_at == timedelta(seconds=30)
    assert timedelta(seconds=2) < opens_at - now <= timedelta(seconds=2.5)
    assert question["points"] == 500
    assert [option["label"] for option in question["options"]] == ["Paris", "Lyon", "Nice"]


async def test_the_reveal_shows_what_is_right_and_what_was_answered(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(right=(0, 2)))
    question = quiz["questions"][0]
    for choices in ((0, 2), (1,), (1,)):
        player = await api.join(event)
        assert (await api.choose(player, question, *choices)).status_code == 200
    await api.run_quiz(quiz, "reveal")
    revealed = (await shown(api, event, quiz))["question"]
    paris, lyon, nice = (option["id"] for option in question["options"])
    assert revealed["correct_option_ids"] == [paris, nice]
    assert revealed["answered"] == 3
    assert revealed["tallies"] == [
        {"option_id": paris, "answers": 1},
        {"option_id": lyon, "answers": 2},
        {"option_id": nice, "answers": 1},
    ]


async def test_the_staff_sees_answers_come_in_and_the_public_entry_stays_the_same(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    before = await snapshot(api, event)
    await api.choose(await api.join(event), quiz["questions"][0], 1)
    await publish_now(event)
    staff = (await shown(api, event, quiz, "staff"))["question"]
    assert (staff["answered"], [each["answers"] for each in staff["tallies"]]) == (1, [0, 1, 0])
    assert staff["correct_option_ids"] == [quiz["questions"][0]["options"][0]["id"]]
    after = await snapshot(api, event)
    assert (after.state, after.cursor) == (before.state, before.cursor)


async def test_the_leaderboard_appears_with_the_first_reveal(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    ada, bob = await api.join(event, "Ada"), await api.join(event, None)
    await api.choose(bob, quiz["questions"][0], 1)
    await api.choose(ada, quiz["questions"][0], 0)
    path = f"/v1/quizzes/{quiz['id']}/leaderboard"
    early = (await api.call("GET", path)).json()
    assert early == {"quiz_id": quiz["id"], "players": 0, "entries": [], "me": None}
    assert ("leaderboard", quiz["id"]) not in (await snapshot(api, event)).state

    await api.run_quiz(quiz, "reveal")

    entries = [
        {"rank": 1, "display_name": "Ada", "score": 1000, "streak": 1},
        {"rank": 2, "display_name": None, "score": 0, "streak": 0},
    ]
    public = {"quiz_id": quiz["id"], "players": 2, "entries": entries}
    assert await board(api, event, quiz) == public
    staff = await board(api, event, quiz, "staff")
    assert [entry["participant_id"] for entry in staff["entries"]] == [ada.id, bob.id]
    mine = (await api.call("GET", path, bob.token)).json()
    assert mine == public | {"me": {"score": 0, "rank": 2, "streak": 0, "last_points": 0}}


async def test_what_was_asked_for_already_changes_nothing_but_next_is_refused(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question(), run=())
    for action in ("start", "next", "reveal", "next", "finish"):
        first = await api.run_quiz(quiz, action)
        entry = await shown(api, event, quiz)
        again = await api.call(
            "PATCH", f"/v1/quizzes/{quiz['id']}", api.organizer_key, {"action": action}
        )
        if action == "next":
            check_problem(again, 409, "invalid_transition")
        else:
            assert (again.status_code, again.json()) == (200, first)
        assert await shown(api, event, quiz) == entry


@pytest.mark.parametrize(
    ("run", "action"),
    [
        ((), "next"),
        ((), "reveal"),
        ((), "finish"),
        (("start",), "reveal"),
        (("start", "next"), "start"),
        (("start", "next", "reveal"), "next"),
        (("start", "finish"), "start"),
        (("start", "finish"), "next"),
    ],
)
async def test_what_does_not_follow_is_refused(api: Api, run: tuple[str, ...], action: str) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, run=run)
    body = {"action": action}
    refused = await api.call("PATCH", f"/v1/quizzes/{quiz['id']}", api.organizer_key, body)
    check_problem(refused, 409, "invalid_transition")


async def test_a_question_that_finishes_unrevealed_is_scored(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    player = await api.join(event)
    await api.choose(player, quiz["questions"][0], 0)
    await api.run_quiz(quiz, "finish")
    assert (await board(api, event, quiz))["entries"][0]["score"] == 1000
    check_problem(await api.choose(await api.join(event), quiz["questions"][0], 0), 409, "too_late")


async def test_one_quiz_of_an_event_is_under_way_at_a_time(api: Api) -> None:
    event = await api.make_event()
    first, second = [await api.make_quiz(event, run=()) for _ in range(2)]
    await api.run_quiz(first, "start")
    path, body = f"/v1/quizzes/{second['id']}", {"action": "start"}
    check_problem(await api.call("PATCH", path, api.organizer_key, body), 409, "invalid_transition")
    await api.run_quiz(first, "finish")
    assert (await api.run_quiz(second, "start"))["state"] == "lobby"


async def test_ending_the_event_finishes_its_quiz_and_scores_the_last_question(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    player = await api.join(event)
    assert (await api.choose(player, quiz["questions"][0], 0)).status_code == 200
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})
    assert (await shown(api, event, quiz))["state"] == "finished"
    assert (await board(api, event, quiz))["entries"][0]["score"] == 1000
    late = await api.call(
        "PATCH", f"/v1/quizzes/{quiz['id']}", api.organizer_key, {"action": "finish"}
    )
    check_problem(late, 409, "event_not_live")


async def test_deleting_the_event_erases_its_quiz(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event)
    player = await api.join(event)
    await api.choose(player, quiz["questions"][0], 0)
    await api.run_quiz(quiz, "reveal")
    path = f"/v1/events/{event['id']}"
    factor = f"{path}/accommodations/{player.id}"
    await api.call("PUT", factor, api.organizer_key, {"time_factor": 2})
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204
    left = """
        SELECT 1 FROM quizzes WHERE id = :quiz_id
        UNION ALL SELECT 2 FROM quiz_questions WHERE quiz_id = :quiz_id
        UNION ALL SELECT 3 FROM quiz_options WHERE question_id = :question_id
        UNION ALL SELECT 4 FROM quiz_answers WHERE question_id = :question_id
        UNION ALL SELECT 5 FROM quiz_scores WHERE quiz_id = :quiz_id
        UNION ALL SELECT 6 FROM accommodations WHERE event_id = :event_id
        UNION ALL SELECT 7 FROM tally_subjects WHERE subject_id = :question_id
    """
    ids = {"quiz_id": quiz["id"], "event_id": event["id"]}
    assert await query(left, question_id=quiz["questions"][0]["id"], **ids) == []


@pytest.mark.parametrize("run", [(), ("start", "next"), ("start", "next", "reveal")])
async def test_a_quiz_is_erased_with_everything_in_it(api: Api, run: tuple[str, ...]) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, run=("start", "next") if run else ())
    reader = FeedReader(api, event)
    await reader.poll()
    if run:
        player = await api.join(event, "Traceable")
        assert (await api.choose(player, quiz["questions"][0], 0)).status_code == 200
    for action in run[2:]:
        await api.run_quiz(quiz, action)
    erased = await api.call("DELETE", f"/v1/quizzes/{quiz['id']}", api.organizer_key)
    assert erased.status_code == 204
    await reader.poll()
    for state in (reader.state, (await snapshot(api, event, "staff")).state):
        assert not {type_ for type_, _ in state} & {"quiz", "leaderboard"}
    ids = (quiz["id"], quiz["questions"][0]["id"], quiz["questions"][0]["options"][0]["id"])
    traces = await tables_that_mention(*ids)
    # That something was there, and is gone, is what the feed and its history keep.
    assert set(traces) <= {"feed_entries", "feed_history"}
    bodies = """
        SELECT body FROM feed_entries WHERE entity_id = :id
        UNION ALL SELECT body FROM feed_history WHERE entity_id = :id
    """
    assert {body for (body,) in await query(bodies, id=quiz["id"])} <= {None}
    if run:
        check_problem(await api.choose(player, quiz["questions"][0], 1), 404)
    other = await api.make_quiz(event, run=("start",))
    assert other["state"] == "lobby"


async def test_hosts_who_meet_go_on_once(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, quiz_question(), quiz_question(), run=("start",))
    path, body = f"/v1/quizzes/{quiz['id']}", {"action": "next"}
    answers = await asyncio.gather(
        *(api.call("PATCH", path, api.organizer_key, body) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert (await shown(api, event, quiz))["question_number"] == 1


@pytest.mark.parametrize(
    ("questions", "where"),
    [
        ([], ["body", "questions"]),
        ([quiz_question(right=())], ["body", "questions", 0, "options"]),
        ([quiz_question("Paris", "Paris")], ["body", "questions", 0, "options", 1, "label"]),
        ([quiz_question("Paris")], ["body", "questions", 0, "options"]),
        ([quiz_question(time_limit_s=0)], ["body", "questions", 0, "time_limit_s"]),
        ([quiz_question(points=-1)], ["body", "questions", 0, "points"]),
    ],
)
async def test_a_quiz_that_cannot_be_played_is_refused(
    api: Api, questions: list[Json], where: list[str | int]
) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}/quizzes"
    body = {"title": "Geography", "questions": questions}
    refused = await api.call("POST", path, api.organizer_key, body)
    check_problem(refused, 422, "invalid_request")
    assert [error["location"] for error in refused.json()["errors"]] == [where]
    assert await query("SELECT 1 FROM quizzes WHERE event_id = :id", id=event["id"]) == []


async def test_opens_in_ms_belongs_to_next(api: Api) -> None:
    event = await api.make_event()
    quiz = await api.make_quiz(event, run=())
    body = {"action": "start", "opens_in_ms": 10}
    refused = await api.call("PATCH", f"/v1/quizzes/{quiz['id']}", api.organizer_key, body)
    check_problem(refused, 422, "invalid_request")
