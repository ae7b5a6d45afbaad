"""Erasing an event: nothing of it is left, in no table and in no answer."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import retention
from shared.db.engines import write_session
from shared.db.long_writes import STATEMENT_TIMEOUT_MS
from shared.events.queries import delete_event
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import read_page
from tests.support.problems import check_problem
from tests.support.statements import Statements
from tests.support.tables import query, tables_that_mention

TITLE = "Keynote of the erased"
WORDS = ("Rosalind", "erased question", "erased reply", "erased prompt", "erased label")


async def test_erasing_an_event_leaves_no_row_that_mentions_it(api: Api) -> None:
    once = {"headers": {"Idempotency-Key": "erasure"}}
    body = {"title": TITLE, "settings": {}}
    event = (await api.call("POST", "/v1/events", api.organizer_key, body)).json()
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "live"})
    host = {"role": "host", "name": "Rosalind, host"}
    member = (await api.call("POST", f"{path}/members", api.organizer_key, host, **once)).json()
    poll = await api.make_poll(event, "erased label", "other", prompt="erased prompt")
    asker, voter = await api.join(event, "Rosalind"), await api.join(event)
    await api.vote(voter, poll, 0)
    question_body = {"body": "erased question"}
    asked = await api.call("POST", f"{path}/questions", asker.token, question_body, **once)
    question = asked.json()
    question_path = f"/v1/questions/{question['id']}"
    await api.call("PUT", f"{question_path}/upvote", voter.token)
    reply = {"body": "erased reply"}
    replied = await api.call("POST", f"{question_path}/replies", member["token"], reply, **once)
    assert replied.status_code == 201, replied.text
    await api.changes(event)
    ids = [event["id"], poll["id"], poll["options"][0]["id"], question["id"], asker.id, voter.id]
    mentioned = (*ids, member["member_id"], TITLE, *WORDS)
    assert set().union(*(await tables_that_mention(*mentioned)).values()) == set(mentioned)

    erased = await api.call("DELETE", path, member["token"])

    assert (erased.status_code, erased.content) == (204, b"")
    assert await tables_that_mention(*mentioned) == {}


async def test_everything_of_an_erased_event_is_gone_for_everyone(api: Api) -> None:
    event = await api.make_event()
    path = f"/v1/events/{event['id']}"
    voter = await api.join(event)
    host = await api.add_member(event, "host")
    poll = await api.make_poll(event)
    question = await api.ask(voter, event, "Still there?")
    await api.call("DELETE", path, api.organizer_key)

    for method, gone in [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("DELETE", f"/v1/polls/{poll['id']}"),
        ("GET", f"/v1/polls/{poll['id']}/results"),
        ("DELETE", f"/v1/questions/{question['id']}"),
    ]:
        body: object = {} if method == "PATCH" else None
        answer = await api.call(method, gone, api.organizer_key, body)
        check_problem(answer, 404, "not_found")
    check_problem(await api.call("GET", f"{path}/changes"), 404)
    check_problem(await api.vote(voter, poll, 0), 404)
    check_problem(await api.call("PUT", f"/v1/questions/{question['id']}/upvote", voter.token), 404)
    again = {"body": "Still there?"}
    check_problem(await api.call("POST", f"{path}/questions", voter.token, again), 404)
    check_problem(await api.call("GET", f"{path}/me", voter.token), 404)
    check_problem(await api.call("POST", "/v1/join", None, {"join_code": event["join_code"]}), 404)
    check_problem(await api.call("GET", path, host), 401)


async def test_erasing_one_event_leaves_the_others_alone(api: Api) -> None:
    kept, erased = await api.make_event(), await api.make_event()
    voters = {event["id"]: await api.join(event) for event in (kept, erased)}
    polls = {event["id"]: await api.make_poll(event) for event in (kept, erased)}
    for event in (kept, erased):
        await api.vote(voters[event["id"]], polls[event["id"]], 2)
    before = (await read_page(api, kept))["changes"]

    await api.call("DELETE", f"/v1/events/{erased['id']}", api.organizer_key)

    assert (await read_page(api, kept))["changes"] == before
    assert (await api.results(polls[kept["id"]]))["voters"] == 1
    assert await query("SELECT 1 FROM votes WHERE poll_id = :id", id=polls[kept["id"]]["id"])


async def test_erasing_may_take_long_and_nothing_after_it_may(api: Api) -> None:
    async def timeout(session: AsyncSession) -> object:
        return await session.scalar(text("SHOW statement_timeout"))

    event = await api.make_event()
    async with write_session() as session:
        usual = await timeout(session)
        await delete_event(session, UUID(event["id"]))
        assert await timeout(session) == f"{STATEMENT_TIMEOUT_MS // 60_000}min"
    async with write_session() as session:
        assert await timeout(session) == usual


async def event_with_votes(api: Api, *, of: int) -> tuple[Json, Json, list[Participant]]:
    """Return a live event, its poll, and so many who have voted in it."""
    event = await api.make_event()
    poll, people = await api.make_poll(event), await crowd(event, of)
    for person in people:
        await api.vote(person, poll, 0)
    return event, poll, people


async def test_a_large_event_is_erased_in_batches_that_no_interruption_takes_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AUTHORS", 10)
    event, poll, people = await event_with_votes(api, of=35)
    path = f"/v1/events/{event['id']}"
    left = "SELECT count(*) FROM votes WHERE poll_id = :id"

    async with write_session() as session:
        # Only the event itself cannot go meanwhile.
        await session.execute(
            text("SELECT FROM events WHERE id = :id FOR KEY SHARE"), {"id": event["id"]}
        )
        async with Statements() as statements:
            check_problem(await api.call("DELETE", path, api.organizer_key), 503)
        assert statements.naming("DELETE FROM participants USING author") == 4
        assert await query(left, id=poll["id"]) == [(0,)]
        # Nobody goes on with what is half gone.
        check_problem(await api.vote(people[0], poll, 1), 409, "event_not_live")
        joining = await api.call("POST", "/v1/join", None, {"join_code": event["join_code"]})
        check_problem(joining, 409, "event_not_live")

    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204
    assert await tables_that_mention(event["id"], poll["id"], people[0].id) == {}


async def test_two_who_erase_a_large_event_at_once_do_not_disturb_each_other(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AUTHORS", 5)
    event, poll, _ = await event_with_votes(api, of=40)
    path = f"/v1/events/{event['id']}"

    answers = await asyncio.gather(*(api.call("DELETE", path, api.organizer_key) for _ in range(3)))

    assert {answer.status_code for answer in answers} <= {204, 404}
    assert await tables_that_mention(event["id"], poll["id"]) == {}
