"""What is a participant's own: its votes, upvotes and questions, and nothing of anybody else."""

from tests.support.api import Api, Json, Participant
from tests.support.problems import check_problem
from tests.support.statements import Statements


async def me(api: Api, event: Json, participant: Participant) -> Json:
    answer = await api.call("GET", f"/v1/events/{event['id']}/me", participant.token)
    assert answer.status_code == 200, answer.text
    own: Json = answer.json()
    return own


async def test_who_has_done_nothing_has_nothing(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event, "Grace")

    assert await me(api, event, participant) == {
        "participant_id": participant.id,
        "display_name": "Grace",
        "votes": [],
        "upvotes": [],
        "questions": [],
        "quiz": {
            "quiz_id": None,
            "answers": [],
            "score": 0,
            "rank": None,
            "streak": 0,
            "last_points": 0,
            "time_factor": 1.0,
        },
    }


async def test_my_votes_are_as_i_cast_them_last(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event)
    kept = await api.make_poll(event)
    several = await api.make_poll(event, kind="multiple_choice")
    retracted = await api.make_poll(event)
    await api.vote(participant, kept, 0)
    await api.vote(participant, kept, 2)
    await api.vote(participant, several, 1, 0)
    await api.vote(participant, retracted, 1)
    await api.call("DELETE", f"/v1/polls/{retracted['id']}/vote", participant.token)
    await api.change_poll(kept, status="closed")

    own = await me(api, event, participant)

    options = {poll["id"]: [option["id"] for option in poll["options"]] for poll in (kept, several)}
    assert own["votes"] == [
        {"poll_id": kept["id"], "vote": {"option_ids": [options[kept["id"]][2]]}},
        {"poll_id": several["id"], "vote": {"option_ids": options[several["id"]][:2]}},
    ]


async def test_my_questions_are_there_whatever_became_of_them(api: Api) -> None:
    event = await api.make_event(question_moderation=True)
    participant = await api.join(event, "Grace")
    statuses = ["pending", "published", "answered", "dismissed", "archived"]
    asked = [await api.ask(participant, event, f"Will it be {status}?") for status in statuses]
    for question, status in zip(asked[1:], statuses[1:], strict=True):
        path = f"/v1/questions/{question['id']}"
        await api.call("PATCH", path, api.organizer_key, {"status": status})

    own = await me(api, event, participant)

    assert [question["id"] for question in own["questions"]] == [each["id"] for each in asked]
    assert [question["status"] for question in own["questions"]] == statuses
    assert own["questions"][0] == asked[0]


async def test_my_upvotes_are_those_that_stand(api: Api) -> None:
    event = await api.make_event()
    asker, participant = await api.join(event), await api.join(event)
    kept, retracted = [await api.ask(asker, event, f"Question {n}?") for n in (1, 2)]
    for question in (kept, retracted):
        await api.call("PUT", f"/v1/questions/{question['id']}/upvote", participant.token)
    await api.call("DELETE", f"/v1/questions/{retracted['id']}/upvote", participant.token)

    assert (await me(api, event, participant))["upvotes"] == [kept["id"]]
    assert (await me(api, event, asker))["questions"][0]["upvotes"] == 1


async def test_nothing_of_another_participant_is_mine(api: Api) -> None:
    event = await api.make_event()
    participant, other = await api.join(event, "Grace"), await api.join(event, "Ada")
    poll = await api.make_poll(event)
    question = await api.ask(other, event, "Whose is this?")
    await api.vote(other, poll, 0)
    await api.call("PUT", f"/v1/questions/{question['id']}/upvote", other.token)

    own = await me(api, event, participant)

    assert (own["votes"], own["upvotes"], own["questions"]) == ([], [], [])


async def test_what_is_mine_can_be_read_when_the_event_has_ended(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event)
    await api.vote(participant, await api.make_poll(event), 1)
    before = await me(api, event, participant)

    await api.call("PATCH", f"/v1/events/{event['id']}", api.organizer_key, {"status": "ended"})

    assert await me(api, event, participant) == before


async def test_what_is_mine_is_no_write_and_uses_up_no_limit_of_writes(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event)
    poll = await api.make_poll(event)

    for _ in range(40):
        await me(api, event, participant)

    assert (await api.vote(participant, poll, 0)).status_code == 200


async def test_what_is_mine_is_kept_by_no_cache(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event)

    answer = await api.call("GET", f"/v1/events/{event['id']}/me", participant.token)

    assert "no-store" in answer.headers["cache-control"]


async def test_what_is_mine_is_read_in_one_statement(api: Api) -> None:
    event = await api.make_event()
    participant, staff = await api.join(event), api.organizer_key
    await api.vote(participant, await api.make_poll(event), 1)
    question = await api.ask(participant, event, "Will it rain?")
    await api.call("PUT", f"/v1/questions/{question['id']}/upvote", participant.token)
    await api.call("POST", f"/v1/questions/{question['id']}/replies", staff, {"body": "No."})
    quiz = await api.make_quiz(event)
    chosen = {"option_ids": [quiz["questions"][0]["options"][0]["id"]]}
    path = f"/v1/quiz-questions/{quiz['questions'][0]['id']}/answer"
    await api.call("PUT", path, participant.token, chosen)

    async with Statements() as statements:
        own = await me(api, event, participant)

    assert own["questions"][0]["upvotes"] == 1
    assert [reply["body"] for reply in own["questions"][0]["replies"]] == ["No."]
    assert own["quiz"]["answers"][0]["option_ids"] == chosen["option_ids"]
    assert statements.naming("participant") == 1, statements.sent
    assert statements.naming("FROM") == 1, statements.sent


async def test_nothing_is_mine_in_an_event_that_is_gone(api: Api) -> None:
    event = await api.make_event()
    participant = await api.join(event)
    path = f"/v1/events/{event['id']}"
    await api.call("DELETE", path, api.organizer_key)

    check_problem(await api.call("GET", f"{path}/me", participant.token), 404)
