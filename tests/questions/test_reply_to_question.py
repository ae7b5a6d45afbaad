"""Replying below a question."""

import json

import pytest

from shared.feed.read import PAGE_BYTES
from shared.questions.rules import MOST_REPLIES
from tests.support.api import Api, FeedReader, Json
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.questions import as_public
from tests.support.tables import query


async def test_replies_are_shown_below_the_question_in_their_order(api: Api) -> None:
    event = await api.make_event()
    moderator = await api.add_member(event, "moderator")
    author = await api.join(event)
    question = await api.ask(author, event, "Will the slides be shared?")
    path = f"/v1/questions/{question['id']}/replies"
    public, staff = FreshReader(api, event), FeedReader(api, event, moderator)

    first = await api.call("POST", path, moderator, {"body": "  Yes,\ntomorrow. "})
    second = await api.call("POST", path, api.organizer_key, {"body": "By mail."})

    assert (first.status_code, second.status_code) == (201, 201)
    assert set(first.json()) == {"id", "author_name", "body", "created_at"}
    assert first.json()["body"] == "Yes,\ntomorrow."
    assert first.json()["author_name"] == "The moderator"
    assert second.json()["author_name"] == "Test organizer"
    replies = [first.json(), second.json()]
    for reader in (public, staff):
        await reader.poll()
        entry = reader.state["question", question["id"]]
        shown = as_public(entry) if reader is staff else entry
        assert shown == question | {"replies": replies}
    me = (await api.call("GET", f"/v1/events/{event['id']}/me", author.token)).json()
    assert me["questions"][0]["replies"] == replies


async def test_a_reply_to_a_pending_question_is_public_when_the_question_is(api: Api) -> None:
    event = await api.make_event(question_moderation=True)
    question = await api.ask(await api.join(event), event, "May I?")
    path = f"/v1/questions/{question['id']}"
    public = FreshReader(api, event)
    await public.poll()

    await api.call("POST", f"{path}/replies", api.organizer_key, {"body": "You may."})

    assert await public.poll() == []
    await api.call("PATCH", path, api.organizer_key, {"status": "published"})
    await public.poll()
    (reply,) = public.state["question", question["id"]]["replies"]
    assert reply["body"] == "You may."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": ""},
        {"body": "\u200b"},
        {"body": "x" * 1001},
        {"body": None},
        {"body": ["Yes."]},
        {"body": "Yes.", "author_name": "Somebody else"},
    ],
)
async def test_a_reply_that_does_not_fit_is_422_and_not_written(api: Api, body: Json) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")

    path = f"/v1/questions/{question['id']}/replies"
    check_problem(await api.call("POST", path, api.organizer_key, body), 422, "invalid_request")

    sql = "SELECT 1 FROM replies WHERE question_id = :id"
    assert await query(sql, id=question["id"]) == []


async def test_the_longest_replies_that_a_question_takes_fit_in_a_page_of_the_feed(
    api: Api,
) -> None:
    event = await api.make_event()
    widest = "\U0001f600" * 1_000
    question = await api.ask(await api.join(event, widest[:80]), event, widest)
    path = f"/v1/questions/{question['id']}/replies"
    member = {"role": "moderator", "name": widest[:80]}
    members = f"/v1/events/{event['id']}/members"
    token = (await api.call("POST", members, api.organizer_key, member)).json()["token"]

    for _ in range(MOST_REPLIES):
        assert (await api.call("POST", path, token, {"body": widest})).status_code == 201

    refused = await api.call("POST", path, token, {"body": "One more."})
    check_problem(refused, 409, "too_many_replies")
    [(body,)] = await query(
        "SELECT body FROM feed_entries WHERE entity_id = :id AND audience = 'staff'",
        id=question["id"],
    )
    assert len(json.loads(body)["replies"]) == MOST_REPLIES
    assert len(body.encode()) < PAGE_BYTES - 1_024
