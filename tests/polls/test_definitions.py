"""What a process keeps of a poll: a vote is checked without asking the database again."""

import asyncio

from tests.support.api import Api
from tests.support.crowd import crowd
from tests.support.problems import check_problem
from tests.support.statements import Statements


async def test_a_hall_that_votes_at_once_asks_for_the_poll_once(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    people = await crowd(event, 200)
    async with Statements() as statements:
        answers = await asyncio.gather(*(api.vote(person, poll, 0) for person in people))
    assert {answer.status_code for answer in answers} == {200}
    assert statements.naming("poll_options") == 1
    async with Statements() as statements:
        await asyncio.gather(*(api.vote(person, poll, 1) for person in people))
    assert statements.naming("poll_options") == 0


async def test_voters_who_are_too_early_are_not_told_so_after_the_opening(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, open_now=False)
    people = await crowd(event, 5)
    for early in await asyncio.gather(*(api.vote(person, poll, 0) for person in people)):
        check_problem(early, 404, "not_found")
    await api.change_poll(poll, status="open")
    answers = await asyncio.gather(*(api.vote(person, poll, 0) for person in people))
    assert {answer.status_code for answer in answers} == {200}
