"""I3: a vote that is answered 200 is in the final tally, and nothing changes the tally after that."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from shared.db import gates
from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.polls.kinds import KINDS
from shared.polls.queries import change_poll, find_poll
from shared.polls.schemas import UpdatePoll
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.held import held_newcomer
from tests.support.kinds import make_poll, random_vote
from tests.support.recount import check_exact
from tests.support.tables import query
from tests.support.waiting import until_waiting


async def _voters(poll: Json) -> set[str]:
    rows = await query("SELECT participant_id FROM votes WHERE poll_id = :id", id=poll["id"])
    return {str(participant_id) for (participant_id,) in rows}


async def _published(api: Api, event: Json, poll: Json) -> tuple[int, Json]:
    """Return the revision and the body of the poll's results in the public feed."""
    [(revision, body)] = await query(
        "SELECT revision, body::jsonb FROM feed_entries WHERE event_id = :event_id"
        " AND audience = 'public' AND type = 'poll_results' AND entity_id = :poll_id",
        event_id=event["id"],
        poll_id=poll["id"],
    )
    return revision, body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
async def test_of_votes_that_race_the_closing_exactly_the_accepted_ones_are_final(
    workers: list[Api], kind: str, seed: int
) -> None:
    api, chance = workers[0], Random(seed)
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    people = await crowd(event, 24)
    closing: list[asyncio.Task[Json]] = []

    async def vote(number: int, person: Participant) -> tuple[str, int]:
        await asyncio.sleep(chance.random() * 0.2)
        if number == 12:
            closing.append(
                asyncio.create_task(chance.choice(workers).change_poll(poll, status="closed"))
            )
        vote = random_vote(poll, chance)
        answer = await chance.choice(workers).answer(person, poll, **vote)
        return person.id, answer.status_code

    answers = await asyncio.gather(*(vote(n, person) for n, person in enumerate(people)))
    assert (await closing[0])["status"] == "closed"
    final = await _published(api, event, poll)
    assert {status for _, status in answers} <= {200, 409}
    assert await _voters(poll) == {person for person, status in answers if status == 200}
    assert final[1]["final"] and final[1]["voters"] == len(await _voters(poll))
    await publish_now(event)
    assert await _published(api, event, poll) == final
    await check_exact(api, event)


async def test_the_closing_waits_for_a_vote_that_passed_the_gate_and_counts_it(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voter = await api.join(event)
    async with held_newcomer(voter, event["id"]):
        voting = asyncio.create_task(api.vote(voter, poll, 0))
        await until_waiting("transactionid")
        closing = asyncio.create_task(api.change_poll(poll, status="closed"))
        await until_waiting("advisory")
        assert not closing.done()
    assert (await voting).status_code == 200
    await closing
    _, final = await _published(api, event, poll)
    assert (final["final"], final["voters"]) == (True, 1)


@pytest.mark.parametrize("status", ["closed", "archived"])
async def test_a_vote_that_meets_the_closing_waits_for_it_and_is_refused(
    api: Api, status: str
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    early, late = await crowd(event, 2)
    assert (await api.vote(early, poll, 1)).status_code == 200
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        found = await find_poll(session, UUID(poll["id"]))
        await change_poll(session, found, UpdatePoll.model_validate({"status": status}))
        path = f"/v1/polls/{poll['id']}/vote"
        meeting = [
            asyncio.create_task(api.vote(late, poll, 0)),
            asyncio.create_task(api.call("DELETE", path, early.token)),
        ]
        await until_waiting("advisory")
        assert not any(each.done() for each in meeting)
    for answer in await asyncio.gather(*meeting):
        assert (answer.status_code, answer.json()["code"]) == (409, "poll_closed")
    assert (await api.results(poll))["voters"] == 1
    await publish_now(event)
    await check_exact(api, event)


async def test_a_closing_that_fails_lets_the_votes_that_waited_count(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    with pytest.raises(ZeroDivisionError):
        async with write_session() as session:
            await lock_event(session, UUID(event["id"]))
            found = await find_poll(session, UUID(poll["id"]))
            await change_poll(session, found, UpdatePoll(status="closed"))
            voting = asyncio.create_task(api.vote(await api.join(event), poll, 0))
            await until_waiting("advisory")
            raise ZeroDivisionError
    assert (await voting).status_code == 200
    results = await api.results(poll)
    assert (results["final"], results["voters"]) == (False, 1)


async def test_ending_the_event_waits_for_votes_under_way_in_any_of_its_polls(api: Api) -> None:
    event = await api.make_event()
    polls = [await api.make_poll(event) for _ in range(3)]
    voter = await api.join(event)
    async with held_newcomer(voter, event["id"]):
        voting = asyncio.create_task(api.vote(voter, polls[1], 2))
        await until_waiting("transactionid")
        path = f"/v1/events/{event['id']}"
        ending = asyncio.create_task(
            api.call("PATCH", path, api.organizer_key, {"status": "ended"})
        )
        await until_waiting("advisory")
    assert (await voting).status_code == (await ending).status_code == 200
    state = (await snapshot(api, event)).state
    finals = [state["poll_results", poll["id"]] for poll in polls]
    assert [each["final"] for each in finals] == [True] * 3
    assert [each["voters"] for each in finals] == [0, 1, 0]
    refused = await api.vote(voter, polls[0], 0)
    assert (refused.status_code, refused.json()["code"]) == (409, "event_not_live")


async def test_a_poll_that_is_opened_again_counts_again_and_closes_again(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    first, second = await crowd(event, 2)
    await api.vote(first, poll, 0)
    await api.change_poll(poll, status="closed")
    assert (await api.vote(second, poll, 0)).status_code == 409
    reopened = await api.change_poll(poll, status="open")
    assert reopened["closed_at"] is None
    _, shown = await _published(api, event, poll)
    assert (shown["final"], shown["voters"]) == (False, 1)
    assert (await api.vote(second, poll, 2)).status_code == 200
    await api.change_poll(poll, status="closed")
    _, final = await _published(api, event, poll)
    assert (final["final"], final["voters"]) == (True, 2)


async def test_polls_whose_gates_collide_wait_for_each_other_and_count_right(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "advisory_key", lambda guards, row: -(2**63))
    event, other = await api.make_event(), await api.make_event()
    polls = [await api.make_poll(event), await api.make_poll(event), await api.make_poll(other)]
    people, others = await crowd(event, 10), await crowd(other, 10)
    votes = [api.vote(person, poll, 0) for person in people for poll in polls[:2]]
    votes += [api.vote(person, polls[2], 1) for person in others]
    path = f"/v1/events/{event['id']}"
    ending = api.call("PATCH", path, api.organizer_key, {"status": "ended"})
    *answers, ended = await asyncio.gather(*votes, ending)
    assert ended.status_code == 200
    accepted = sum(answer.status_code == 200 for answer in answers[:20])
    counted = sum([len(await _voters(poll)) for poll in polls[:2]])
    assert accepted == counted
    assert {answer.status_code for answer in answers[20:]} == {200}
    await publish_now(other)
    await check_exact(api, event)
    await check_exact(api, other)


async def test_the_closer_gets_through_while_everyone_keeps_voting(workers: list[Api]) -> None:
    event = await workers[0].make_event()
    poll = await workers[0].make_poll(event)
    open_now = True

    async def keep_voting(worker: Api, person: Participant) -> None:
        choice = 0
        while open_now:
            choice = (choice + 1) % 3
            assert (await worker.vote(person, poll, choice)).status_code in (200, 409, 429)

    people = await crowd(event, 12)
    voting = [
        asyncio.create_task(keep_voting(workers[n % len(workers)], person))
        for n, person in enumerate(people)
    ]
    async with asyncio.timeout(20):
        while not await _voters(poll):
            await asyncio.sleep(0.01)
        # A closer that had to wait longer than its lock timeout would be told 503.
        await workers[1].change_poll(poll, status="closed")
    open_now = False
    await asyncio.gather(*voting)
    await publish_now(event)
    await check_exact(workers[0], event)
