"""Every burst endpoint answers as a Lambda, to a load balancer and to an HTTP API."""

from collections.abc import AsyncIterator
from random import Random

import httpx
import pytest

from shared.polls.kinds import KINDS
from tests.support.api import Api
from tests.support.feed import publish_now, snapshot
from tests.support.functions import FUNCTIONS, Functions, functions
from tests.support.kinds import make_poll, random_vote
from tests.support.lambda_events import BUILDERS, EventBuilder, load_balancer_event
from tests.support.problems import check_problem
from tests.support.quiz_recount import check_quiz
from tests.support.stage import Stage, set_stage


@pytest.fixture(scope="module", params=["in process", "awslambdaric"])
async def burst(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Functions]:
    as_process = request.param == "awslambdaric"
    async with functions(database_url, as_process=as_process) as burst:
        yield burst


@pytest.fixture(scope="module")
async def stage(client: httpx.AsyncClient, organizer_key: str) -> Stage:
    return await set_stage(Api(client, organizer_key))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@BUILDERS
async def test_who_joins_gets_a_token_that_the_server_accepts(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    body = {"join_code": stage.ids["join_code"].lower(), "display_name": "Zoë"}
    joined = await burst("join_event", build("POST", "/v1/join", json=body))
    assert joined.status_code == 200
    path = f"/v1/events/{stage.ids['event_id']}/me"
    me = await stage.api.call("GET", path, joined.json()["token"])
    assert me.json()["participant_id"] == joined.json()["participant_id"]
    assert me.json()["display_name"] == "Zoë"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_vote_of_every_kind_is_counted_as_the_server_counts_it(
    burst: Functions, stage: Stage, kind: str
) -> None:
    by_function = await make_poll(stage.api, stage.event, kind)
    path = f"/v1/polls/{by_function['id']}/vote"
    vote = random_vote(by_function, Random(kind))
    event = load_balancer_event("PUT", path, headers=bearer(stage.tokens["participant"]), json=vote)
    cast = await burst("cast_vote", event)
    assert cast.status_code == 200, cast.text
    (before,) = [await stage.api.results(by_function)]
    again = await stage.api.call("PUT", path, stage.tokens["participant"], vote)
    assert again.json() == cast.json()
    assert await stage.api.results(by_function) == before
    assert before["voters"] == 1


@BUILDERS
async def test_a_vote_is_counted_once_and_follows_its_last_change(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    poll = await stage.api.make_poll(stage.event)
    path, headers = f"/v1/polls/{poll['id']}/vote", bearer(stage.tokens["participant"])
    for choice in (0, 1, 1):
        body = {"option_ids": [poll["options"][choice]["id"]]}
        cast = await burst("cast_vote", build("PUT", path, headers=headers, json=body))
        assert (cast.status_code, cast.json()["vote"]) == (200, body)
    results = await stage.api.results(poll)
    assert (results["voters"], [each["votes"] for each in results["tallies"]]) == (1, [0, 1, 0])


@BUILDERS
async def test_a_vote_after_the_closing_is_refused(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    poll = await stage.api.make_poll(stage.event)
    await stage.api.change_poll(poll, status="closed")
    event = build(
        "PUT",
        f"/v1/polls/{poll['id']}/vote",
        headers=bearer(stage.tokens["participant"]),
        json={"option_ids": [poll["options"][0]["id"]]},
    )
    check_problem(await burst("cast_vote", event), 409, "poll_closed")
    assert (await stage.api.results(poll))["voters"] == 0


@BUILDERS
async def test_an_answer_is_received_once_and_scored_as_the_server_scores_it(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    event = await stage.api.make_event()
    quiz = await stage.api.make_quiz(event)
    question, player = quiz["questions"][0], await stage.api.join(event)
    path = f"/v1/quiz-questions/{question['id']}/answer"
    body = {"option_ids": [question["options"][0]["id"]]}
    sent = build("PUT", path, headers=bearer(player.token), json=body)
    first, again = await burst("submit_answer", sent), await burst("submit_answer", sent)
    assert (first.status_code, again.json()) == (200, first.json())
    by_server = await stage.api.choose(player, question, 0)
    assert by_server.json() == first.json()
    other = build("PUT", path, headers=bearer(player.token), json={"option_ids": [question["id"]]})
    check_problem(await burst("submit_answer", other), 422, "invalid_request")
    await stage.api.run_quiz(quiz, "reveal")
    late = build("PUT", path, headers=bearer((await stage.api.join(event)).token), json=body)
    check_problem(await burst("submit_answer", late), 409, "too_late")
    await check_quiz(stage.api, event, quiz)


@BUILDERS
async def test_the_feed_is_the_same_as_that_of_the_server(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    event = await stage.api.make_event()
    path = f"/v1/events/{event['id']}/changes"
    snapshot = await burst("get_changes", build("GET", path))
    assert snapshot.status_code == 200, snapshot.text
    assert snapshot.json()["reset"] is True
    served = await stage.api.call("GET", path)
    assert snapshot.json() == served.json()
    assert snapshot.headers["etag"] == served.headers["etag"]
    assert snapshot.headers["cache-control"] == served.headers["cache-control"]

    quiet = build("GET", path, headers={"if-none-match": snapshot.headers["etag"]})
    assert (await burst("get_changes", quiet)).status_code == 304

    poll = await stage.api.make_poll(event)
    cursor = [("since", snapshot.json()["cursor"])]
    delta = (await burst("get_changes", build("GET", path, query=cursor))).json()
    assert delta["reset"] is False
    assert {change["id"] for change in delta["changes"]} == {poll["id"]}


@BUILDERS
async def test_the_staff_feed_is_for_staff(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    path, staff = f"/v1/events/{stage.ids['event_id']}/changes", [("audience", "staff")]
    check_problem(await burst("get_changes", build("GET", path, query=staff)), 401)
    headers = bearer(stage.tokens["participant"])
    check_problem(await burst("get_changes", build("GET", path, query=staff, headers=headers)), 403)
    headers = bearer(stage.tokens["presenter"])
    read = await burst("get_changes", build("GET", path, query=staff, headers=headers))
    assert (read.status_code, read.headers["cache-control"]) == (200, "private, no-store")


@BUILDERS
async def test_a_question_is_asked_once_however_often_it_is_sent(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    asker = await stage.api.join(stage.event, "Asker")
    path = f"/v1/events/{stage.ids['event_id']}/questions"
    headers = {**bearer(asker.token), "idempotency-key": "once"}
    event = build("POST", path, headers=headers, json={"body": "Wird es regnen? ☔"})
    first, again = await burst("ask_question", event), await burst("ask_question", event)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    me = await stage.api.call("GET", f"/v1/events/{stage.ids['event_id']}/me", asker.token)
    assert [question["body"] for question in me.json()["questions"]] == ["Wird es regnen? ☔"]


@BUILDERS
async def test_reactions_are_counted_for_the_event(
    burst: Functions, build: EventBuilder, stage: Stage
) -> None:
    event = await stage.api.make_event()
    sender = await stage.api.join(event)
    path, body = f"/v1/events/{event['id']}/reactions", {"kind": "heart", "count": 3}
    for _ in range(2):
        sent = await burst(
            "send_reaction", build("POST", path, headers=bearer(sender.token), json=body)
        )
        assert (sent.status_code, sent.json()) == (202, body)
    await publish_now(event)
    state = (await snapshot(stage.api, event)).state
    assert state["reactions", event["id"]]["counts"]["heart"] == 6


@BUILDERS
async def test_an_upvote_counts_once(burst: Functions, build: EventBuilder, stage: Stage) -> None:
    path = f"/v1/questions/{stage.ids['question_id']}/upvote"
    event = build("PUT", path, headers=bearer(stage.tokens["participant"]))
    for _ in range(2):
        upvoted = await burst("upvote_question", event)
        assert upvoted.status_code == 200
        assert upvoted.json() == {"question_id": stage.ids["question_id"], "upvoted": True}
    me = await stage.api.call(
        "GET", f"/v1/events/{stage.ids['event_id']}/me", stage.tokens["participant"]
    )
    assert me.json()["upvotes"] == [stage.ids["question_id"]]


@BUILDERS
@pytest.mark.parametrize(
    "operation", ["cast_vote", "submit_answer", "ask_question", "upvote_question"]
)
async def test_a_write_without_a_good_credential_is_refused(
    burst: Functions, build: EventBuilder, stage: Stage, operation: str
) -> None:
    path, method = {
        "cast_vote": (f"/v1/polls/{stage.ids['poll_id']}/vote", "PUT"),
        "submit_answer": (f"/v1/quiz-questions/{stage.ids['quiz_question_id']}/answer", "PUT"),
        "ask_question": (f"/v1/events/{stage.ids['event_id']}/questions", "POST"),
        "upvote_question": (f"/v1/questions/{stage.ids['question_id']}/upvote", "PUT"),
    }[operation]
    check_problem(await burst(operation, build(method, path, json={})), 401, "not_authenticated")
    event = build(method, path, json={}, headers=bearer("ovp_forged"))
    check_problem(await burst(operation, event), 401, "not_authenticated")
    event = build(method, path, json={}, headers=bearer(stage.tokens["other participant"]))
    assert (await burst(operation, event)).status_code in (403, 404)


@BUILDERS
@pytest.mark.parametrize("operation", FUNCTIONS)
async def test_what_is_no_call_of_the_function_is_a_problem(
    burst: Functions, build: EventBuilder, operation: str
) -> None:
    check_problem(await burst(operation, build("GET", "/v1/nowhere")), 404, "not_found")
    check_problem(await burst(operation, build("GET", "/")), 404, "not_found")
    check_problem(await burst(operation, {"Records": []}), 400, "bad_request")


@BUILDERS
async def test_a_bad_body_is_a_problem(burst: Functions, build: EventBuilder) -> None:
    for body, status, code in (
        (b"{", 422, "malformed_json"),
        (b'{"join_code": "\xff"}', 422, "malformed_json"),
        (b'{"join_code": "ABCDEF", "admin": true}', 422, "invalid_request"),
        (b'{"join_code": "' + b"A" * 70_000 + b'"}', 413, "body_too_large"),
    ):
        headers = {"content-type": "application/json"}
        event = build("POST", "/v1/join", headers=headers, body=body)
        check_problem(await burst("join_event", event), status, code)
    check_problem(await burst("join_event", build("PUT", "/v1/join")), 405, "method_not_allowed")


def test_every_endpoint_with_a_lambda_entry_is_tested_here() -> None:
    from handlers.app import ENDPOINTS

    entries = [endpoint.__name__ for endpoint in ENDPOINTS if hasattr(endpoint, "handler")]
    assert sorted(entries) == sorted(FUNCTIONS.values())
