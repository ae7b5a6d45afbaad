"""Reactions: counted once for what was acknowledged, published by the tick, limited per participant."""

import asyncio
from uuid import UUID

import httpx
import pytest

from shared.identity.principals import ParticipantPrincipal
from shared.reactions.values import ReactionKind
from shared.reactions.writes import ReactionWrite, write_reactions
from tests.support.addresses import client_elsewhere
from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.problems import check_problem
from tests.support.recount import check_exact
from tests.support.settings import changed_settings
from tests.support.statements import Statements
from tests.support.tables import fingerprint, query

NONE: dict[ReactionKind, int] = {"clap": 0, "heart": 0, "laugh": 0, "wow": 0, "thinking": 0}


async def react(
    api: Api, event: Json, sender: Participant, kind: str = "clap", count: int = 1
) -> httpx.Response:
    path = f"/v1/events/{event['id']}/reactions"
    return await api.call("POST", path, sender.token, {"kind": kind, "count": count})


async def shown(api: Api, event: Json, audience: str = "public") -> Json | None:
    await publish_now(event)
    return (await snapshot(api, event, audience)).state.get(("reactions", event["id"]))


async def test_reactions_are_counted_by_kind_and_reach_both_feeds(api: Api) -> None:
    event = await api.make_event()
    assert await shown(api, event) is None
    first, second = await crowd(event, 2)

    sent = await react(api, event, first, "clap", 20)
    await react(api, event, first, "clap", 2)
    await react(api, event, second, "heart", 3)

    assert (sent.status_code, sent.json()) == (202, {"kind": "clap", "count": 20})
    for audience in ("public", "staff"):
        expected = {"counts": NONE | {"clap": 22, "heart": 3}}
        assert await shown(api, event, audience) == expected
    await check_exact(api, event)


async def test_a_hall_that_reacts_at_once_is_one_change_of_the_feed(api: Api) -> None:
    event = await api.make_event()
    people = await crowd(event, 60)
    reader = FeedReader(api, event, api.organizer_key)
    await reader.poll()
    with changed_settings(tick_interval_ms=60_000):
        async with Statements() as statements:
            sent = await asyncio.gather(*(react(api, event, each, "wow", 2) for each in people))
    assert {answer.status_code for answer in sent} == {202}
    assert statements.naming("INSERT INTO reactions") < 20
    await publish_now(event)
    (change,) = await reader.poll()
    assert change["type"] == "reactions"
    assert change["data"]["counts"] == NONE | {"wow": 120}


async def test_a_batch_that_is_run_again_adds_nothing(api: Api) -> None:
    event = await api.make_event()
    people = [UUID(each.id) for each in await crowd(event, 3)]
    writes = [
        ReactionWrite(ParticipantPrincipal(each, UUID(event["id"]), None), "laugh", 5)
        for each in people
    ]

    for _ in range(2):
        assert await write_reactions(writes) == [None, None, None]

    assert await shown(api, event) == {"counts": NONE | {"laugh": 15}}
    await check_exact(api, event)


async def test_the_same_person_reacts_at_once_in_several_batches(api: Api) -> None:
    event = await api.make_event()
    [sender] = await crowd(event, 1)
    principal = ParticipantPrincipal(UUID(sender.id), UUID(event["id"]), None)

    async def write(kind: ReactionKind) -> None:
        write = ReactionWrite(principal, kind, 1)
        assert await write_reactions([write]) == [None]

    await asyncio.gather(*(write(kind) for kind in [*NONE] * 4))

    assert await shown(api, event) == {"counts": dict.fromkeys(NONE, 4)}
    await check_exact(api, event)


async def test_where_reactions_are_disabled_they_are_refused_and_not_counted(api: Api) -> None:
    event = await api.make_event(reactions_enabled=False)
    [sender] = await crowd(event, 1)
    before = await fingerprint()

    check_problem(await react(api, event, sender), 409, "reactions_disabled")

    assert await fingerprint() == before
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"settings": {"reactions_enabled": True}})
    assert (await react(api, event, sender)).status_code == 202


async def test_an_event_that_has_ended_takes_no_reactions(api: Api) -> None:
    event = await api.make_event()
    [sender] = await crowd(event, 1)
    path = f"/v1/events/{event['id']}"
    await api.call("PATCH", path, api.organizer_key, {"status": "ended"})
    check_problem(await react(api, event, sender), 409, "event_not_live")
    await api.call("DELETE", path, api.organizer_key)
    check_problem(await react(api, event, sender), 404, "not_found")


async def test_a_participant_of_another_event_is_refused(api: Api) -> None:
    event, elsewhere = await api.make_event(), await api.make_event()
    [stranger] = await crowd(elsewhere, 1)
    check_problem(await react(api, event, stranger), 403, "forbidden")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "clap"},
        {"count": 1},
        {"kind": "boo", "count": 1},
        {"kind": "clap", "count": 0},
        {"kind": "clap", "count": 21},
        {"kind": "clap", "count": 1.5},
        {"kind": "clap", "count": "1"},
        {"kind": "clap", "count": True},
        {"kind": "clap", "count": 1, "at": "once"},
    ],
)
async def test_a_body_that_does_not_fit_is_422_and_not_counted(api: Api, body: Json) -> None:
    event = await api.make_event()
    [sender] = await crowd(event, 1)
    path = f"/v1/events/{event['id']}/reactions"
    refused = await api.call("POST", path, sender.token, body)
    check_problem(refused, 422, "invalid_request")
    assert await query("SELECT 1 FROM reactions WHERE event_id = :id", id=event["id"]) == []


async def test_a_participant_sends_five_times_a_second_and_no_oftener(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    sender, other = await crowd(event, 2)

    statuses = [(await react(api, event, sender)).status_code for _ in range(8)]

    assert statuses[:5] == [202] * 5
    assert 429 in statuses
    refused = await react(api, event, sender)
    while refused.status_code != 429:
        refused = await react(api, event, sender)
    check_problem(refused, 429, "rate_limited")
    assert int(refused.headers["retry-after"]) >= 1
    # Others, and the same participant's vote, are not held up by it.
    assert (await react(api, event, other)).status_code == 202
    assert (await api.vote(sender, poll, 0)).status_code == 200


async def test_the_short_way_and_the_long_way_give_the_same_answer(api: Api) -> None:
    event = await api.make_event()
    [sender] = await crowd(event, 1)
    short = await react(api, event, sender)
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "application/JSON"}
    async with client_elsewhere() as client:
        path = f"/v1/events/{event['id']}/reactions"
        body = b'{"kind": "clap", "count": 1}'
        long = await client.post(path, content=body, headers=headers)
    assert (short.status_code, short.json()) == (long.status_code, long.json())
    assert await shown(api, event) == {"counts": NONE | {"clap": 2}}
