"""Retention: what is due is erased without a trace, what is not is left alone, and nothing stops it."""

import asyncio
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import text

from handlers.operations import erase_expired as operation
from shared import retention
from shared.db.engines import write_session
from shared.retention import erase_expired
from tests.support.api import Api, Json, quiz_question
from tests.support.crowd import crowd
from tests.support.feed import publish_now
from tests.support.kinds import ASKED, make_poll, random_vote
from tests.support.problems import check_problem
from tests.support.settings import changed_settings
from tests.support.tables import query
from tests.support.traces import traces

NAME, WORD, STAFF = "Ada Traceable", "traceably", "Rosalind Traceable"


def always() -> bool:
    return True


async def age(event: Json, days: float) -> None:
    """Let the event be as if nothing had happened in it for so many days."""
    async with write_session() as session:
        sql = "UPDATE events SET changed_at = now() - make_interval(secs => :s) WHERE id = :id"
        await session.execute(text(sql), {"s": days * 86_400, "id": event["id"]})


async def exists(event: Json) -> bool:
    return bool(await query("SELECT 1 FROM events WHERE id = :id", id=event["id"]))


async def make_traceable_event(api: Api, **settings: object) -> tuple[Json, list[str]]:
    """Make an event in which everybody writes what can be found; return it with the traces."""
    body = {"title": f"{WORD} held", "settings": settings}
    event: Json = (await api.call("POST", "/v1/events", api.organizer_key, body)).json()
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "live"})
    member = {"role": "host", "name": STAFF}
    once = {"headers": {"Idempotency-Key": "once"}}
    host = (await api.call("POST", f"{path}/members", api.organizer_key, member, **once)).json()
    people = [await api.join(event, NAME) for _ in range(3)]
    ids = [event["id"], host["member_id"], *(person.id for person in people)]
    quiz = await api.make_quiz(event, quiz_question())
    for kind in ASKED:
        poll = await make_poll(api, event, kind, prompt=f"{WORD} asked")
        ids.append(poll["id"])
        for person in people:
            vote = random_vote(poll, Random(1))
            vote = {"words": [WORD]} if kind == "word_cloud" else vote
            vote = {"text": f"{WORD} said"} if kind == "open_text" else vote
            assert (await api.answer(person, poll, **vote)).status_code == 200
    asked = {"body": f"{WORD} wondered"}
    question = (await api.call("POST", f"{path}/questions", people[0].token, asked, **once)).json()
    replies = f"/v1/questions/{question['id']}"
    await api.call("POST", f"{replies}/replies", host["token"], {"body": f"{WORD} replied"}, **once)
    await api.call("PUT", f"{replies}/upvote", people[1].token)
    await api.call("POST", f"{path}/reactions", people[1].token, {"kind": "clap", "count": 2})
    await api.call("POST", f"{path}/announcements", host["token"], {"body": f"{WORD} announced"})
    await api.call("POST", f"/v1/participants/{people[2].id}/ban", host["token"])
    factor = f"{path}/accommodations/{people[0].id}"
    await api.call("PUT", factor, api.organizer_key, {"time_factor": 2})
    await api.choose(people[0], quiz["questions"][0], 0)
    await api.run_quiz(quiz, "reveal")
    await publish_now(event)
    return event, [*ids, question["id"], quiz["id"], NAME, WORD, STAFF]


async def test_of_an_expired_event_and_its_people_no_table_has_a_trace(
    api: Api, database_url: str
) -> None:
    event, marks = await make_traceable_event(api, retention_days=30)
    found = traces(database_url, *marks)
    assert set().union(*found.values()) == set(marks)
    assert len({column.partition(".")[0] for column in found}) > 15
    await age(event, 31)

    erasures = await erase_expired(always)

    assert erasures.erased >= 1 and erasures.failed == erasures.left == 0
    assert traces(database_url, *marks) == {}
    check_problem(await api.call("GET", f"/v1/events/{event['id']}", api.organizer_key), 404)
    check_problem(await api.call("GET", f"/v1/events/{event['id']}/changes"), 404)


@pytest.mark.parametrize(
    ("settings", "days", "is_due"),
    [
        ({"retention_days": 30}, 29.9, False),
        ({"retention_days": 30}, 30.1, True),
        ({"retention_days": 0}, 5_000, False),
        ({}, 5_000, False),
    ],
)
async def test_an_event_is_kept_for_as_long_as_it_says(
    api: Api, settings: Json, days: float, is_due: bool
) -> None:
    event = await api.make_event(**settings)
    await age(event, days)
    await erase_expired(always)
    assert await exists(event) is not is_due


async def test_what_is_announced_is_waited_for(api: Api) -> None:
    body = {
        "title": "In ten years",
        "starts_at": "2037-03-01T09:00:00Z",
        "settings": {"retention_days": 1},
    }
    event = (await api.call("POST", "/v1/events", api.organizer_key, body)).json()
    await age(event, 400)
    await erase_expired(always)
    assert await exists(event)


@pytest.mark.parametrize("of", ["the audience", "the staff"])
async def test_whatever_happens_in_an_event_begins_its_retention_anew(api: Api, of: str) -> None:
    event = await api.make_event(retention_days=30)
    poll = await api.make_poll(event)
    await age(event, 31)
    if of == "the audience":
        await api.vote((await crowd(event, 1))[0], poll, 0)
        await publish_now(event)
    else:
        await api.make_poll(event, open_now=False)
    await erase_expired(always)
    assert await exists(event)


async def test_a_new_event_takes_the_deployments_days_unless_it_says_its_own(api: Api) -> None:
    with changed_settings(retention_days=90):
        plain, own = await api.make_event(), await api.make_event(retention_days=7)
    assert plain["settings"]["retention_days"] == 90
    assert own["settings"]["retention_days"] == 7
    path = f"/v1/events/{plain['id']}"
    body = {"settings": {"retention_days": 0}}
    changed = await api.call("PATCH", path, api.organizer_key, body)
    assert changed.json()["settings"]["retention_days"] == 0


async def test_how_long_an_event_is_kept_is_the_staffs_to_know(api: Api) -> None:
    event = await api.make_event(retention_days=77)
    assert "retention_days" not in (await api.call("GET", f"/v1/events/{event['id']}/changes")).text


async def test_an_event_that_somebody_goes_on_with_amid_the_run_is_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await api.make_event(retention_days=30)
    await age(event, 31)
    begin = retention._erase

    async def touched(event_id: UUID, has_time: Callable[[], bool]) -> bool:
        await api.make_poll(event)
        return await begin(event_id, has_time)

    monkeypatch.setattr(retention, "_erase", touched)
    assert (await erase_expired(always)).erased == 0
    assert await exists(event)
    assert (await api.call("GET", f"/v1/events/{event['id']}", api.organizer_key)).json()[
        "status"
    ] == "live"


async def test_a_run_without_time_leaves_the_rest_and_the_next_one_goes_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AUTHORS", 2)
    event = await api.make_event(retention_days=30)
    poll = await api.make_poll(event)
    people = await crowd(event, 7)
    for person in people:
        await api.vote(person, poll, 0)
    await age(event, 31)
    turns = iter([True, True, False])
    stopped = await erase_expired(lambda: next(turns, False))
    assert stopped.erased == 0
    sql = "SELECT count(*) FROM participants WHERE event_id = :id"
    [(left,)] = await query(sql, id=event["id"])
    assert 0 < left < 7
    # Nobody writes into what is half gone, and it stays due though it is not old any more.
    check_problem(await api.vote(people[0], poll, 1), 409, "event_not_live")
    await age(event, 0)
    assert (await erase_expired(always)).erased == 1
    assert not await exists(event)
    assert (await erase_expired(always)).erased == 0


async def test_runs_that_meet_do_not_disturb_each_other(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AUTHORS", 3)
    event = await api.make_event(retention_days=30)
    poll = await api.make_poll(event)
    for person in await crowd(event, 12):
        await api.vote(person, poll, 0)
    await age(event, 31)
    runs = await asyncio.gather(*(erase_expired(always) for _ in range(3)))
    assert not await exists(event)
    assert all(run.left == 0 for run in runs)


async def test_answers_that_were_kept_for_a_day_are_swept(api: Api) -> None:
    once = {"headers": {"Idempotency-Key": "swept"}}
    for number in range(3):
        once["headers"]["Idempotency-Key"] = f"swept {number}"
        await api.call("POST", "/v1/events", api.organizer_key, {"title": "Swept"}, **once)
    async with write_session() as session:
        sql = "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'"
        await session.execute(text(sql))
    await erase_expired(always)
    assert await query("SELECT 1 FROM idempotency_keys") == []


async def test_the_lambda_tells_what_came_of_it_and_ends_in_time(api: Api) -> None:
    event = await api.make_event(retention_days=1)
    await age(event, 2)
    for milliseconds, result in ((10_000, {"erased": 0, "left": 1}), (60_000, {"erased": 1})):
        context = SimpleNamespace(get_remaining_time_in_millis=lambda ms=milliseconds: ms)
        told = await asyncio.to_thread(operation.handler, {"source": "aws.events"}, context)
        assert told == {"erased": 0, "failed": 0, "left": 0} | result
    assert not await exists(event)
