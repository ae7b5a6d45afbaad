"""What a process keeps of a poll: a vote is checked without asking the database again."""

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest

from shared.db.pipeline import read
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


async def test_a_poll_erased_while_it_is_read_is_404_and_not_one_without_options(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    [person] = await crowd(event, 1)

    async def erase_and_read(statement: str, parameters: Mapping[str, object]) -> list[Any]:
        if "FROM poll_options" in statement or "JOIN poll_options" in statement:
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("DELETE FROM polls WHERE id = %s", [poll["id"]])
        return await read(statement, parameters)

    monkeypatch.setattr("shared.polls.votes.read", erase_and_read)
    answer = await api.vote(person, poll, 0)
    check_problem(answer, 404, "not_found")


async def test_voters_who_are_too_early_are_not_told_so_after_the_opening(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, open_now=False)
    people = await crowd(event, 5)
    for early in await asyncio.gather(*(api.vote(person, poll, 0) for person in people)):
        check_problem(early, 404, "not_found")
    await api.change_poll(poll, status="open")
    answers = await asyncio.gather(*(api.vote(person, poll, 0) for person in people))
    assert {answer.status_code for answer in answers} == {200}
