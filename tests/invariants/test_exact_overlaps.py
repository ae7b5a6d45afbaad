"""I2, one interleaving at a time: statements that began before they could see each other."""

import asyncio
from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest

from shared.polls.kinds import KINDS
from shared.questions.upvotes import UpvoteWrite, write_upvotes
from tests.support.api import Api, Json
from tests.support.ballots import accepted, answer, ballot, participant
from tests.support.feed import publish_now
from tests.support.held import held
from tests.support.kinds import make_poll, random_vote
from tests.support.recount import check_exact
from tests.support.waiting import until_waiting

_LOCKED_VOTE = "SELECT 1 FROM votes WHERE participant_id = :id FOR UPDATE"
_LOCKED_UPVOTE = "SELECT 1 FROM upvotes WHERE participant_id = :id FOR UPDATE"
_NEWCOMER = "INSERT INTO participants (id, event_id) VALUES (:id, :event_id)"


async def _check(api: Api, event: Json) -> None:
    await publish_now(event)
    await check_exact(api, event)


@pytest.mark.parametrize(
    ("one", "other"),
    [([1], [2]), ([1], []), ([], [1]), ([], []), ([0], [1]), ([1], [1]), ([0, 1, 2], [2])],
)
async def test_two_workers_that_change_one_vote_move_the_counts_by_what_each_replaced(
    api: Api, one: Sequence[int], other: Sequence[int]
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="multiple_choice")
    voter = participant(event, 1)
    await accepted([ballot(poll, voter, 0)])
    async with held(_LOCKED_VOTE, id=voter.participant_id):
        # Both take their snapshot while the vote is still the first one; `one` is first in the queue.
        first = asyncio.create_task(accepted([ballot(poll, voter, *one)]))
        await until_waiting("transactionid")
        second = asyncio.create_task(accepted([ballot(poll, voter, *other)]))
        await until_waiting("tuple")
    await asyncio.gather(first, second)
    await _check(api, event)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
async def test_two_workers_that_change_one_vote_of_any_kind_leave_the_count_of_the_row(
    api: Api, kind: str, seed: int
) -> None:
    event, chance = await api.make_event(), Random(seed)
    poll = await make_poll(api, event, kind)
    voter, bystander = participant(event, 1), participant(event, 2)
    votes = [answer(poll, voter, random_vote(poll, chance)) for _ in range(3)]
    await accepted([votes[0], answer(poll, bystander, random_vote(poll, chance))])
    async with held(_LOCKED_VOTE, id=voter.participant_id):
        first = asyncio.create_task(accepted([votes[1]]))
        await until_waiting("transactionid")
        second = asyncio.create_task(accepted([votes[2]]))
        await until_waiting("tuple")
    await asyncio.gather(first, second)
    await _check(api, event)


async def test_two_workers_that_get_a_newcomers_first_vote_count_it_once(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voter = participant(event, 1)
    async with held(_NEWCOMER, id=voter.participant_id, event_id=event["id"]):
        writing = [
            asyncio.create_task(accepted([ballot(poll, voter, choice)])) for choice in (0, 0, 1)
        ]
        await until_waiting("transactionid", count=3)
    await asyncio.gather(*writing)
    assert (await api.results(poll))["voters"] == 1
    await _check(api, event)


@pytest.mark.parametrize(("one", "other"), [(False, False), (False, True), (True, False)])
async def test_two_workers_that_write_one_upvote_count_what_there_is(
    api: Api, one: bool, other: bool
) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    voter, question_id = participant(event, 1), UUID(question["id"])
    await write_upvotes([UpvoteWrite(question_id, voter, True)])
    async with held(_LOCKED_UPVOTE, id=voter.participant_id):
        first = asyncio.create_task(write_upvotes([UpvoteWrite(question_id, voter, one)]))
        await until_waiting("transactionid")
        second = asyncio.create_task(write_upvotes([UpvoteWrite(question_id, voter, other)]))
        await until_waiting("tuple")
    await asyncio.gather(first, second)
    await _check(api, event)


async def test_two_workers_that_get_a_newcomers_upvote_count_it_once(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    upvote = UpvoteWrite(UUID(question["id"]), participant(event, 1), True)
    async with held(_NEWCOMER, id=upvote.participant.participant_id, event_id=event["id"]):
        writing = [asyncio.create_task(write_upvotes([upvote])) for _ in range(3)]
        await until_waiting("transactionid", count=3)
    await asyncio.gather(*writing)
    await _check(api, event)
