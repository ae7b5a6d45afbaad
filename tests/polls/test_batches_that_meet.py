"""Batches of several workers on the same rows: they wait for each other and never deadlock."""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from psycopg.errors import NumericValueOutOfRange

from shared.db.group_commit import GroupCommit
from shared.polls.kinds.base import counted_ballot
from shared.polls.votes import write_votes
from shared.questions.upvotes import UpvoteWrite, write_upvotes
from tests.support.api import Api
from tests.support.ballots import accepted, ballot, participant
from tests.support.held import held
from tests.support.recount import differences
from tests.support.waiting import until_waiting

_LOCKED_VOTE = "SELECT 1 FROM votes WHERE participant_id = :id FOR UPDATE"
_LOCKED_UPVOTE = "SELECT 1 FROM upvotes WHERE participant_id = :id FOR UPDATE"


async def test_batches_that_cast_and_retract_crosswise_do_not_deadlock(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    first, second, last = (participant(event, number) for number in range(3))
    await accepted([ballot(poll, voter, 0) for voter in (first, second, last)])
    async with held(_LOCKED_VOTE, id=last.participant_id):
        batches = [
            asyncio.create_task(accepted([ballot(poll, cast, 1), ballot(poll, last, 1), retracted]))
            for cast, retracted in (
                (first, ballot(poll, second)),
                (second, ballot(poll, first)),
            )
        ]
        await until_waiting("transactionid")
    await asyncio.gather(*batches)
    found = await differences(event["id"])
    assert set(found) <= {"staff feed", "public feed"}  # nobody made it tick


async def test_batches_that_retract_the_same_votes_do_not_deadlock(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voters = [participant(event, number) for number in range(40)]
    await accepted([ballot(poll, voter, 0) for voter in voters])
    async with held(_LOCKED_VOTE, id=voters[20].participant_id):
        batches = [
            asyncio.create_task(accepted([ballot(poll, voter) for voter in order]))
            for order in (voters, voters[::-1])
        ]
        await until_waiting("transactionid")
    await asyncio.gather(*batches)
    assert (await api.results(poll))["voters"] == 0


async def test_batches_of_upvotes_given_and_taken_crosswise_do_not_deadlock(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    question_id = UUID(question["id"])
    first, second, last = (participant(event, number) for number in range(3))
    for voter in (first, second, last):
        await write_upvotes([UpvoteWrite(question_id, voter, True)])
    async with held(_LOCKED_UPVOTE, id=last.participant_id):
        batches = [
            asyncio.create_task(
                write_upvotes([UpvoteWrite(question_id, each, False) for each in order])
            )
            for order in ((first, last, second), (second, last, first))
        ]
        await until_waiting("transactionid")
    assert await asyncio.gather(*batches) == [[None] * 3] * 2


async def test_batches_that_move_the_same_many_counters_do_not_deadlock(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.polls.votes.next_shard", lambda: 0)
    event = await api.make_event()
    poll = await api.make_poll(event, *map(str, range(40)), kind="multiple_choice")
    everything = range(40)
    await accepted([ballot(poll, participant(event, 1), *everything)])
    middle = f"option:{poll['options'][20]['id']}"
    async with held("SELECT 1 FROM tally_counters WHERE key = :key FOR UPDATE", key=middle):
        batches = [
            asyncio.create_task(accepted([ballot(poll, participant(event, number), *everything)]))
            for number in (2, 3)
        ]
        await until_waiting("transactionid", count=2)
    await asyncio.gather(*batches)
    assert (await api.results(poll))["voters"] == 3


@pytest.mark.parametrize("mixed", [False, True])
async def test_batches_of_newcomers_in_any_order_do_not_deadlock(api: Api, mixed: bool) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    question = await api.ask(await api.join(event), event, "Will it rain?")
    voters = [participant(event, number) for number in range(60)]
    upvotes = [UpvoteWrite(UUID(question["id"]), voter, True) for voter in voters]
    votes = [ballot(poll, voter, 0) for voter in voters]
    other = write_upvotes(upvotes[::-1]) if mixed else accepted(votes[::-1])
    async with held(
        "INSERT INTO participants (id, event_id) VALUES (:id, :event_id)",
        id=voters[30].participant_id,
        event_id=event["id"],
    ):
        batches = [asyncio.create_task(accepted(votes)), asyncio.create_task(other)]
        await until_waiting("transactionid", count=2)
    await asyncio.gather(*batches)
    assert (await api.results(poll))["voters"] == 60


async def test_a_vote_that_the_database_refuses_fails_alone_in_its_batch(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    votes = [ballot(poll, participant(event, number), 0) for number in range(6)]
    counted = votes[3].counted
    assert counted is not None
    # More than a counter holds: no vote of ours is so, but a statement that fails must be met.
    poisoned = replace(votes[3], counted=counted_ballot(counted.ballot, {"voters": 10**30}))
    queue = GroupCommit(write_votes, key=lambda write: write.key)
    writes = [*votes[:3], poisoned, *votes[4:]]
    outcomes = await asyncio.gather(*map(queue.submit, writes), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        NumericValueOutOfRange if write is poisoned else datetime for write in writes
    ]
    assert (await api.results(poll))["voters"] == 5
