"""Erasing a participant: all that it wrote is gone, the counts are right, and nothing comes back."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from shared.db.engines import write_session
from shared.events.queries import shut_audience_gate
from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.held import held_newcomer
from tests.support.kinds import ASKED, make_poll, random_vote
from tests.support.problems import check_problem
from tests.support.recount import check_exact
from tests.support.tables import query, tables_that_mention
from tests.support.waiting import until_waiting

NAME, TEXT, WORD = "Ada Traceable", "Is this traceable?", "traceably"


async def erase(api: Api, participant: Participant, token: str | None = None) -> None:
    path = f"/v1/participants/{participant.id}"
    erased = await api.call("DELETE", path, token or api.organizer_key)
    assert erased.status_code == 204, erased.text


async def _upvote(api: Api, participant: Participant, question: Json) -> int:
    path = f"/v1/questions/{question['id']}/upvote"
    return (await api.call("PUT", path, participant.token)).status_code


async def _answer_all(api: Api, person: Participant, polls: list[Json]) -> None:
    """Vote in every poll; where a person may write, what can be found, and words twice."""
    for poll in polls:
        vote: Json = random_vote(poll, Random(1))
        if poll["kind"] == "word_cloud":
            await api.answer(person, poll, words=[f"first {WORD}"])
            vote = {"words": [WORD]}
        elif poll["kind"] == "open_text":
            vote = {"text": TEXT}
        assert (await api.answer(person, poll, **vote)).status_code == 200


async def _clap(api: Api, event: Json, person: Participant, count: int) -> None:
    path = f"/v1/events/{event['id']}/reactions"
    sent = await api.call("POST", path, person.token, {"kind": "clap", "count": count})
    assert sent.status_code == 202


async def test_what_an_erased_participant_wrote_is_gone_from_rows_counts_and_feeds(
    api: Api,
) -> None:
    event = await api.make_event()
    gone, other = await api.join(event, NAME), await api.join(event, "Grace")
    polls = [await make_poll(api, event, kind) for kind in ASKED]
    own, others = await api.ask(gone, event, TEXT), await api.ask(other, event, "Will it rain?")
    await _answer_all(api, gone, polls)
    for poll in polls:
        vote = random_vote(poll, Random(1))
        assert (await api.answer(other, poll, **vote)).status_code == 200
    for question in (own, others):
        assert await _upvote(api, gone, question) == await _upvote(api, other, question) == 200
    await _clap(api, event, other, 14)
    await _clap(api, event, gone, 7)
    await api.change_poll(polls[0], status="closed")
    await publish_now(event)
    public = FeedReader(api, event)
    await public.poll()
    path = f"/v1/events/{event['id']}/questions"
    key = {"Idempotency-Key": "kept"}
    await api.call("POST", path, gone.token, {"body": TEXT}, headers=key)

    await erase(api, gone)

    assert await tables_that_mention(NAME, TEXT, WORD, gone.id) == {}
    await check_exact(api, event)
    for poll in polls:
        assert (await api.results(poll))["voters"] == 1
    shown = (await snapshot(api, event)).state
    assert ("question", own["id"]) not in shown
    assert shown["question", others["id"]]["upvotes"] == 1
    assert shown["reactions", event["id"]]["counts"]["clap"] == 14
    await public.poll()
    assert public.state == shown
    me = (await api.call("GET", f"/v1/events/{event['id']}/me", gone.token)).json()
    assert (me["votes"], me["upvotes"], me["questions"]) == ([], [], [])


async def test_what_moves_after_an_erasure_is_shown_though_counters_went(api: Api) -> None:
    event = await api.make_event()
    gone = await api.join(event, NAME)
    polls = [await make_poll(api, event, kind) for kind in ASKED]
    await _answer_all(api, gone, polls)
    await publish_now(event)

    await erase(api, gone)

    for poll in polls:
        [voter] = await crowd(event, 1)
        assert (await api.answer(voter, poll, **random_vote(poll, Random(2)))).status_code == 200
    await publish_now(event)
    await check_exact(api, event)


async def test_an_erased_participant_stays_erased(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    gone = await api.join(event)
    path = f"/v1/events/{event['id']}/questions"
    key = {"Idempotency-Key": "sent-twice"}
    for _ in range(2):
        asked = await api.call("POST", path, gone.token, {"body": TEXT}, headers=key)
        assert asked.status_code == 201

    await erase(api, gone)

    check_problem(await api.vote(gone, poll, 0), 403, "banned")
    again = await api.call("POST", path, gone.token, {"body": TEXT}, headers=key)
    check_problem(again, 403, "banned")
    twice = await api.call("DELETE", f"/v1/participants/{gone.id}", api.organizer_key)
    check_problem(twice, 404, "not_found")


async def test_a_vote_that_was_under_way_is_erased_too(api: Api) -> None:
    event = await api.make_event()
    first, second = await api.make_poll(event), await api.make_poll(event)
    gone, [held] = await api.join(event), await crowd(event, 1)
    await api.vote(gone, first, 0)
    async with held_newcomer(held, event["id"]):
        # One batch: the voter waits for the newcomer's row, with its gate passed.
        voting = [asyncio.create_task(api.vote(each, second, 1)) for each in (held, gone)]
        await until_waiting("transactionid")
        erasing = asyncio.create_task(erase(api, gone))
        await until_waiting("advisory")
    assert (await voting[0]).status_code == 200
    assert (await voting[1]).status_code in (200, 403)
    await erasing
    await publish_now(event)
    await check_exact(api, event)
    sql = "SELECT count(*) FROM votes WHERE participant_id = :id"
    assert await query(sql, id=gone.id) == [(0,)]


async def test_an_upvote_that_comes_after_the_erasure_is_refused(api: Api) -> None:
    event = await api.make_event()
    gone, asker = await api.join(event), await api.join(event)
    question = await api.ask(asker, event, "Will it rain?")
    await api.ask(gone, event, TEXT)
    async with write_session() as session:
        await shut_audience_gate(session, UUID(event["id"]))
        erasing = asyncio.create_task(erase(api, gone))
        await until_waiting("advisory")
        upvoting = asyncio.create_task(_upvote(api, gone, question))
        await until_waiting("advisory", count=2)
    await erasing
    assert await upvoting == 403
    await check_exact(api, event)


async def test_nothing_is_erased_when_it_fails_halfway(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared import erasure

    event = await api.make_event()
    poll = await api.make_poll(event)
    person = await api.join(event)
    await api.vote(person, poll, 0)
    await publish_now(event)

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(erasure, "delete_participant", fail)
    path = f"/v1/participants/{person.id}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 500
    await check_exact(api, event)
    assert (await api.results(poll))["voters"] == 1
    assert (await api.vote(person, poll, 1)).status_code == 200
