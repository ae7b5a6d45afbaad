"""I6, the other half: what only the staff sees moves nothing that the public could watch."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot


async def _public_answers(api: Api, event: Json, since: str) -> list[tuple[int, bytes, str]]:
    """Return status, body and ETag of a snapshot and of a delta, made anew and not from a cache."""
    [reader] = await crowd(event, 1)
    path = f"/v1/events/{event['id']}/changes"
    answers = [
        await api.call("GET", path, reader.token, params=params)
        for params in ({}, {"since": since})
    ]
    return [(answer.status_code, answer.content, answer.headers["etag"]) for answer in answers]


async def _draft(api: Api, event: Json) -> None:
    poll = await api.make_poll(event, open_now=False)
    await api.change_poll(poll, prompt="Another?", results_visibility="after_close")
    assert (
        await api.call("DELETE", f"/v1/polls/{poll['id']}", api.organizer_key)
    ).status_code == 204


async def _draft_that_is_archived(api: Api, event: Json) -> None:
    poll = await api.make_poll(event, open_now=False)
    await api.change_poll(poll, status="archived")


async def _pending_question(api: Api, event: Json) -> None:
    question = await api.ask((await crowd(event, 1))[0], event, "Why?")
    path = f"/v1/questions/{question['id']}"
    for call in (
        ("POST", f"{path}/replies", {"body": "Because."}),
        ("PATCH", path, {"status": "dismissed"}),
        ("PATCH", path, {"status": "archived"}),
        ("DELETE", path, None),
    ):
        method, to, body = call
        assert (await api.call(method, to, api.organizer_key, body)).is_success


async def _members(api: Api, event: Json) -> None:
    await api.add_member(event, "presenter")


async def _votes_in_hidden_polls(api: Api, event: Json) -> None:
    for poll in event["hidden polls"]:
        for voter in await crowd(event, 3):
            assert (await api.vote(voter, poll, 0)).status_code == 200
    await publish_now(event)


async def _visibility_that_hides_as_much(api: Api, event: Json) -> None:
    await api.change_poll(event["archived poll"], results_visibility="staff")


_STAFF_ONLY: list[Callable[[Api, Json], Awaitable[None]]] = [
    _draft,
    _draft_that_is_archived,
    _pending_question,
    _members,
    _votes_in_hidden_polls,
    _visibility_that_hides_as_much,
]


@pytest.mark.parametrize("act", _STAFF_ONLY)
async def test_what_only_the_staff_sees_leaves_public_bytes_cursor_and_etag_alone(
    api: Api, act: Callable[[Api, Json], Awaitable[None]]
) -> None:
    event = await api.make_event(question_moderation=True)
    event["hidden polls"] = [
        await api.make_poll(event, results_visibility=each) for each in ("staff", "after_close")
    ]
    event["archived poll"] = await api.change_poll(await api.make_poll(event), status="archived")
    await publish_now(event)
    reader = await snapshot(api, event)
    staff_before = (await snapshot(api, event, "staff")).cursor
    before = await _public_answers(api, event, reader.cursor or "")
    await act(api, event)
    assert await _public_answers(api, event, reader.cursor or "") == before
    if act is not _members:
        assert (await snapshot(api, event, "staff")).cursor != staff_before
