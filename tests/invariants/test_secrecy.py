"""I6: no byte that the public can get holds what only the staff may see."""

import json
import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import get_args
from uuid import uuid4

import pytest

from shared.feed.values import EntryType
from shared.polls.kinds import KINDS
from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.feed import publish_now, read_page, snapshot
from tests.support.kinds import make_poll, random_vote
from tests.support.public_bytes import public_bytes
from tests.support.tables import query


def _marker() -> str:
    return f"secret-{uuid4().hex}"


async def _check_hidden(api: Api, event: Json, *markers: str, ids: list[str]) -> None:
    """Assert that the staff reads the markers, and that no public byte holds one."""
    await publish_now(event)
    cursors = [None, (await read_page(api, event))["cursor"], event["cursor"]]
    shown = await public_bytes(api, event, cursors=cursors, ids=ids)
    for marker in markers:
        assert marker.encode() not in shown
    staff = str((await snapshot(api, event, "staff")).state)
    assert all(marker in staff for marker in markers)


async def _make_event(api: Api, **settings: bool | list[str]) -> Json:
    event = await api.make_event(live=True, **settings)
    return {**event, "cursor": (await read_page(api, event))["cursor"]}


async def _moderate(api: Api, question: Json, **fields: object) -> None:
    path = f"/v1/questions/{question['id']}"
    assert (await api.call("PATCH", path, api.organizer_key, fields)).status_code == 200


async def test_a_draft_poll_is_hidden(api: Api) -> None:
    event = await _make_event(api)
    prompt, *labels = (_marker() for _ in range(3))
    poll = await api.make_poll(event, *labels, open_now=False)
    await api.change_poll(poll, prompt=prompt)
    options = [option["id"] for option in poll["options"]]
    await _check_hidden(api, event, prompt, *labels, *options, ids=[poll["id"]])


async def test_an_archived_poll_is_hidden_again(api: Api) -> None:
    event = await _make_event(api)
    prompt = _marker()
    poll = await api.make_poll(event, open_now=False)
    await api.change_poll(poll, prompt=prompt)
    await api.change_poll(poll, status="open")
    await api.change_poll(poll, status="archived")
    await _check_hidden(api, event, prompt, ids=[poll["id"]])


@pytest.mark.parametrize("status", ["pending", "dismissed", "archived", "published, dismissed"])
async def test_a_question_that_is_not_published_is_hidden_with_its_author_and_replies(
    api: Api, status: str
) -> None:
    event = await _make_event(api, question_moderation=True)
    body, name, reply = (_marker() for _ in range(3))
    question = await api.ask((await crowd(event, 1, name=name))[0], event, body)
    path = f"/v1/questions/{question['id']}/replies"
    assert (await api.call("POST", path, api.organizer_key, {"body": reply})).status_code == 201
    for step in status.split(", "):
        if step != "pending":
            await _moderate(api, question, status=step)
    await _check_hidden(api, event, body, name, reply, ids=[question["id"]])


@pytest.mark.parametrize("moderated", [False, True])
async def test_who_asked_anonymously_is_hidden_from_everybody(api: Api, moderated: bool) -> None:
    event = await _make_event(api, question_moderation=moderated)
    name, body = _marker(), _marker()
    [author] = await crowd(event, 1, name=name)
    question = await api.ask(author, event, body, anonymous=True)
    await _moderate(api, question, status="answered")
    shown = await public_bytes(api, event, cursors=[None, event["cursor"]], ids=[question["id"]])
    assert body.encode() in shown
    staff = str((await snapshot(api, event, "staff")).state)
    for hidden in (name, author.id):
        assert hidden.encode() not in shown
        assert hidden not in staff


@pytest.mark.parametrize("status", ["pending", "dismissed"])
async def test_an_open_text_that_is_not_published_is_hidden_with_its_author(
    api: Api, status: str
) -> None:
    event = await _make_event(api, open_text_moderation=True)
    poll = await api.make_poll(event, kind="open_text")
    [author], text = await crowd(event, 1), _marker()
    assert (await api.answer(author, poll, text=text)).status_code == 200
    if status == "dismissed":
        path = f"/v1/polls/{poll['id']}/texts/{author.id}"
        for decided in ("published", status):
            body = {"text": text, "status": decided}
            answer = await api.call("PATCH", path, api.organizer_key, body)
            assert answer.status_code == 200
    await _check_hidden(api, event, text, author.id, ids=[poll["id"]])


async def _hidden_by_staff(api: Api, event: Json, kind: str) -> Json:
    return await make_poll(api, event, kind, results_visibility="staff")


async def _hidden_until_closed(api: Api, event: Json, kind: str) -> Json:
    return await make_poll(api, event, kind, results_visibility="after_close")


async def _hidden_again(api: Api, event: Json, kind: str) -> Json:
    poll = await make_poll(api, event, kind, results_visibility="live")
    await publish_now(event)
    return await api.change_poll(poll, results_visibility="staff")


async def _hidden_by_opening_again(api: Api, event: Json, kind: str) -> Json:
    poll = await make_poll(api, event, kind, results_visibility="after_close")
    await api.change_poll(poll, status="closed")
    return await api.change_poll(poll, status="open")


async def _hidden_though_closed(api: Api, event: Json, kind: str) -> Json:
    poll = await make_poll(api, event, kind, results_visibility="staff")
    await _vote(api, event, poll)
    return await api.change_poll(poll, status="closed")


_HIDDEN_RESULTS: list[Callable[[Api, Json, str], Awaitable[Json]]] = [
    _hidden_by_staff,
    _hidden_until_closed,
    _hidden_again,
    _hidden_by_opening_again,
    _hidden_though_closed,
]
# What a count looks like in any kind of results, and what people write.
_COUNT = rb'"(?:voters|votes|points|count|mean|rating)": ?[\d.]+'
_WRITTEN = "unheard-of"


async def _vote(api: Api, event: Json, poll: Json) -> None:
    vote = random_vote(poll, Random(1))
    written = {"words": [_WRITTEN], "text": _WRITTEN}
    vote = {field: written.get(field, value) for field, value in vote.items()}
    [voter] = await crowd(event, 1)
    assert (await api.answer(voter, poll, **vote)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hide", _HIDDEN_RESULTS)
async def test_results_that_are_not_to_be_seen_are_in_no_public_byte(
    api: Api, hide: Callable[[Api, Json, str], Awaitable[Json]], kind: str
) -> None:
    event = await _make_event(api)
    poll = await hide(api, event, kind)
    if poll["status"] == "open":
        for _ in range(3):
            await _vote(api, event, poll)
    await publish_now(event)
    cursors = [None, event["cursor"], (await read_page(api, event))["cursor"]]
    shown = await public_bytes(api, event, cursors=cursors, ids=[poll["id"]])
    assert poll["id"].encode() in shown
    assert _WRITTEN.encode() not in shown
    # The API's document shows counts too, as an example: nothing but those.
    examples = (await api.call("GET", "/v1/openapi.json")).content
    assert re.findall(_COUNT, shown) == re.findall(_COUNT, examples)
    staff = (await snapshot(api, event, "staff")).state["poll_results", poll["id"]]
    assert staff["voters"] == (3 if poll["status"] == "open" else 1)
    assert re.findall(_COUNT, json.dumps(staff).encode())
    assert (_WRITTEN in str(staff)) == (kind in ("word_cloud", "open_text"))


async def test_a_word_on_the_stop_list_and_the_list_itself_are_hidden(api: Api) -> None:
    word = _marker()[:30]
    event = await _make_event(api, word_cloud_stop_list=[word])
    poll = await api.make_poll(event, kind="word_cloud")
    for _ in range(2):
        [voter] = await crowd(event, 1)
        assert (await api.answer(voter, poll, words=[word.upper()])).status_code == 200
    await _check_hidden(api, event, word, ids=[poll["id"]])
    assert (await api.results(poll))["tallies"] == []


async def test_results_shown_after_the_closing_are_shown_then(api: Api) -> None:
    event = await _make_event(api)
    poll = await api.make_poll(event, results_visibility="after_close")
    await api.vote((await crowd(event, 1))[0], poll, 1)
    await api.change_poll(poll, status="closed")
    shown = (await snapshot(api, event)).state["poll_results", poll["id"]]
    assert (shown["final"], shown["voters"]) == (True, 1)


async def test_of_an_event_the_public_sees_no_more_than_the_contract_says(api: Api) -> None:
    event = await _make_event(api)
    [(organizer_id,)] = await query(
        "SELECT organizer_id FROM events WHERE id = :id", id=event["id"]
    )
    await api.add_member(event, "host")
    shown = await public_bytes(api, event, cursors=[None])
    assert str(organizer_id).encode() not in shown
    assert b"The host" not in shown
    state = (await snapshot(api, event)).state["event", event["id"]]
    assert set(state) == {
        *("id", "join_code", "title", "status", "starts_at", "ends_at", "settings", "created_at")
    }


def test_every_type_of_the_feed_has_its_tests_above() -> None:
    assert set(get_args(EntryType)) == {
        *("event", "poll", "poll_results", "question", "quiz", "leaderboard"),
        *("announcement", "reactions"),
    }
