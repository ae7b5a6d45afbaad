"""I2: once writes stop, every published tally equals the rows, whatever was killed or repeated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random

import httpx
import pytest
from sqlalchemy import text

from shared.db.engines import get_database
from shared.polls.kinds import KINDS
from tests.support.api import Api, Json
from tests.support.crowd import Voter, crowd, written_by
from tests.support.feed import publish_now
from tests.support.kinds import make_poll
from tests.support.recount import check_exact
from tests.support.server import running_server
from tests.support.tables import query
from tests.support.waiting import until, until_waiting


async def _things(api: Api, event: Json) -> list[Json]:
    """Return an open poll of each kind and two questions."""
    asker = await api.join(event)
    return [
        *[await make_poll(api, event, kind) for kind in KINDS],
        await api.ask(asker, event, "Will it rain?"),
        await api.ask(asker, event, "Will it snow?"),
    ]


async def _write_all(
    workers: list[Api], event: Json, things: list[Json], *, voters: int, writes: int, seed: int
) -> list[Voter]:
    """Let a crowd write at once, and others write as the same few participants; return the crowd."""
    own = [Voter(each) for each in await crowd(event, voters)]
    shared = [Voter(each) for each in await crowd(event, 3) for _ in range(3)]

    async def write(voter: Voter, number: int) -> None:
        chance = Random(seed + number)
        for _ in range(writes):
            await voter.write(workers, things, chance)

    await asyncio.gather(*(write(voter, n) for n, voter in enumerate([*own, *shared])))
    return own


async def _check(api: Api, event: Json, voters: list[Voter]) -> None:
    """Assert that what everyone was told is in the rows, and the rows in every count."""
    for voter in voters:
        told = {thing: wish for thing, wish in voter.told.items() if wish is not None}
        assert await written_by(voter.participant) == told
    await publish_now(event)
    await check_exact(api, event)


@asynccontextmanager
async def _ending_connections() -> AsyncIterator[list[int]]:
    """End some connection that writes, one with a write under way where there is one; yield whose."""
    ended: list[int] = []

    async def end() -> None:
        while True:
            found = await query("""
                SELECT pid FROM pg_stat_activity
                WHERE application_name IN ('ovation-batch', 'ovation-write')
                ORDER BY state = 'idle', random() LIMIT 1
            """)
            for (pid,) in found:
                # From a connection that only reads: a terminated one cannot terminate itself.
                await query("SELECT pg_terminate_backend(:pid)", pid=pid)
                ended.append(pid)
            await asyncio.sleep(0.02)

    ending = asyncio.create_task(end())
    try:
        yield ended
    finally:
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)


async def test_the_count_is_exact_after_many_wrote_through_several_workers(
    workers: list[Api],
) -> None:
    event = await workers[0].make_event()
    things = await _things(workers[0], event)
    voters = await _write_all(workers, event, things, voters=30, writes=5, seed=1)
    await _check(workers[0], event, voters)


async def test_the_count_is_exact_though_connections_were_ended_all_along(
    workers: list[Api],
) -> None:
    event = await workers[0].make_event()
    things = await _things(workers[0], event)
    voters: list[Voter] = []
    async with _ending_connections() as ended:
        for seed in range(3):
            voters += await _write_all(workers, event, things, voters=15, writes=5, seed=seed)
    assert len(ended) > 3
    await _check(workers[0], event, voters)


async def test_a_hall_that_votes_in_the_same_second_is_counted_whole(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    people = await crowd(event, 600)  # more than two batches hold
    answers = await asyncio.gather(*(api.vote(person, poll, 1) for person in people))
    assert {answer.status_code for answer in answers} == {200}
    assert (await api.results(poll))["voters"] == 600
    await publish_now(event)
    await check_exact(api, event)


async def test_a_vote_that_is_thrown_out_of_a_deadlock_is_written_all_the_same(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.polls.votes.next_shard", lambda: 0)
    event = await api.make_event()
    poll = await api.make_poll(event, kind="multiple_choice")
    voters = await crowd(event, 2)
    assert (await api.vote(voters[0], poll, 0, 1, 2)).status_code == 200
    first, *_, last = sorted(f"option:{option['id']}" for option in poll["options"])
    lock = text("SELECT 1 FROM tally_counters WHERE key = :key FOR UPDATE")
    async with get_database().write.connect() as connection:
        # Patient enough that it is the vote that has to give way.
        for patience in ("deadlock_timeout", "lock_timeout"):
            await connection.execute(text(f"SET LOCAL {patience} = '30s'"))
        await connection.execute(lock, {"key": last})
        voting = asyncio.create_task(api.vote(voters[1], poll, 0, 1, 2))
        await until_waiting("transactionid")
        await connection.execute(lock, {"key": first})
        assert not voting.done()
        await connection.rollback()
    assert (await voting).status_code == 200
    await publish_now(event)
    await check_exact(api, event)
    assert (await api.results(poll))["voters"] == 2


async def _has_votes(event: Json, count: int) -> bool:
    [(votes,)] = await query(
        "SELECT count(*) FROM votes JOIN polls ON polls.id = poll_id WHERE event_id = :id",
        id=event["id"],
    )
    return bool(votes >= count)


async def test_the_count_is_exact_though_a_worker_was_killed_and_its_clients_went_elsewhere(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    event = await api.make_event()
    things = await _things(api, event)
    with running_server(tmp_path / "killed.log", DATABASE_URL=database_url) as server:
        async with httpx.AsyncClient(base_url=server.base_url, timeout=30) as client:
            dying = Api(client, api.organizer_key)

            async def kill_in_the_middle() -> None:
                await until(partial(_has_votes, event, 15))
                server.kill()

            killing = asyncio.create_task(kill_in_the_middle())
            # Whoever gets no answer says it again, to whichever worker it finds.
            voters = await _write_all([dying, api], event, things, voters=30, writes=5, seed=5)
            await killing
    await _check(api, event, voters)
