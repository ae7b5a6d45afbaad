"""Servers and Lambdas write to one event at the same time, and one exact count comes out."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from scripts.local.postgresql import Cluster
from shared.polls.kinds import KINDS
from tests.support.api import Api, FeedReader, Json, Participant
from tests.support.crowd import crowd
from tests.support.databases import run_sql
from tests.support.functions import Functions, functions
from tests.support.kinds import as_kept, make_poll, random_vote
from tests.support.lambda_events import load_balancer_event
from tests.support.recount import check_exact
from tests.support.server import running_server
from tests.support.tables import query

VOTERS = 20
ROLE = "burst"


@pytest.fixture(scope="module")
async def burst(cluster: Cluster, database_url: str) -> AsyncIterator[Functions]:
    # A role of their own, to tell the functions' connections from all others.
    run_sql(database_url, f"CREATE ROLE {ROLE} LOGIN PASSWORD 'burst' IN ROLE pg_write_all_data")
    run_sql(database_url, f"GRANT pg_read_all_data TO {ROLE}")
    own_url = cluster.url("postgres", role=ROLE, password="burst")
    async with functions(own_url, as_process=True) as burst:
        yield burst


def connections(database_url: str) -> list[tuple[object, ...]]:
    return run_sql(
        database_url,
        f"SELECT pid, backend_start FROM pg_stat_activity WHERE usename = '{ROLE}' ORDER BY 1",
    )


def ballot_event(participant: Participant, poll: Json, choice: int) -> Json:
    return vote_event(participant, poll, {"option_ids": [poll["options"][choice]["id"]]})


def vote_event(participant: Participant, poll: Json, vote: Json) -> Json:
    return load_balancer_event(
        "PUT",
        f"/v1/polls/{poll['id']}/vote",
        headers={"authorization": f"Bearer {participant.token}"},
        json=vote,
    )


async def test_all_invocations_of_a_container_use_one_connection(
    burst: Functions, api: Api, database_url: str
) -> None:
    event = await api.make_event()
    poll, voter = await api.make_poll(event), await api.join(event)
    assert (await burst("cast_vote", ballot_event(voter, poll, 0))).status_code == 200
    first = connections(database_url)
    assert len(first) == 1
    # A read of the poll, a write, a refusal, and again: none of them needs a second one.
    waiting = [burst("cast_vote", ballot_event(voter, poll, number % 3)) for number in range(12)]
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}
    await api.change_poll(poll, status="closed")
    assert (await burst("cast_vote", ballot_event(voter, poll, 0))).status_code == 409
    assert connections(database_url) == first


async def test_votes_of_every_kind_cast_half_on_servers_and_half_in_lambdas_count_exactly(
    burst: Functions, api: Api, database_url: str, tmp_path: Path
) -> None:
    event = await api.make_event()
    polls = [await make_poll(api, event, kind) for kind in KINDS]
    chance = random.Random(20_261_124)
    last = {
        (voter, poll["id"]): random_vote(poll, chance)
        for voter in await crowd(event, VOTERS)
        for poll in polls
    }

    variables = {"DATABASE_URL": database_url, "SIGNING_KEYS": os.environ["SIGNING_KEYS"]}
    with running_server(tmp_path / "server.log", **variables) as server:
        async with httpx.AsyncClient(base_url=server.base_url) as client:
            served = Api(client, api.organizer_key)

            async def vote(number: int, voter: Participant, poll: Json) -> None:
                # One vote that is changed, one that is repeated, each by either runtime.
                kept = last[voter, poll["id"]]
                for wish in (random_vote(poll, chance), kept, kept):
                    if (number + chance.randrange(2)) % 2:
                        cast = await served.answer(voter, poll, **wish)
                    else:
                        cast = await burst("cast_vote", vote_event(voter, poll, wish))
                    assert cast.status_code == 200, cast.text
                    assert cast.json()["vote"] == as_kept(poll, wish)

            by_id = {poll["id"]: poll for poll in polls}
            votes = [vote(n, voter, by_id[id]) for n, (voter, id) in enumerate(last)]
            await asyncio.gather(*votes)
            for poll in polls:
                await served.change_poll(poll, status="closed")

    for poll in polls:
        results = await api.results(poll)
        assert (results["final"], results["voters"]) == (True, VOTERS)
    kept_votes = {(voter.id, id): as_kept(by_id[id], vote) for (voter, id), vote in last.items()}
    rows = await query(
        "SELECT vote.participant_id, vote.poll_id, vote.ballot FROM votes AS vote"
        " JOIN polls AS poll ON poll.id = vote.poll_id WHERE poll.event_id = :id",
        id=event["id"],
    )
    assert {(str(voter), str(poll)): ballot for voter, poll, ballot in rows} == kept_votes
    await check_exact(api, event)


async def test_counts_written_by_a_lambda_reach_a_reader_of_the_server(
    burst: Functions, api: Api
) -> None:
    event = await api.make_event()
    poll, voter = await api.make_poll(event), await api.join(event)
    reader = FeedReader(api, event)
    await reader.poll()
    assert (await burst("cast_vote", ballot_event(voter, poll, 1))).status_code == 200
    async with asyncio.timeout(10):
        while reader.state["poll_results", poll["id"]]["voters"] != 1:
            await asyncio.sleep(0.1)
            await reader.poll()
    tallies = reader.state["poll_results", poll["id"]]["tallies"]
    assert [tally["votes"] for tally in tallies] == [0, 1, 0]


async def test_counts_written_by_a_server_are_published_by_a_lambda_that_is_read(
    burst: Functions, api: Api
) -> None:
    event = await api.make_event()
    poll, voter = await api.make_poll(event), await api.join(event)
    assert (await api.vote(voter, poll, 2)).status_code == 200
    path = f"/v1/events/{event['id']}/changes"
    async with asyncio.timeout(10):
        voters = 0
        while not voters:
            # The server is not read, so nobody but the function can have published.
            await asyncio.sleep(0.1)
            read = await burst("get_changes", load_balancer_event("GET", path))
            assert read.status_code == 200, read.text
            shown = [each["data"] for each in read.json()["changes"]]
            voters = next(each["voters"] for each in shown if "voters" in each)
    assert voters == 1


async def test_no_token_and_no_text_of_a_person_reaches_the_log_of_a_lambda(
    burst: Functions, api: Api
) -> None:
    event = await api.make_event()
    asker = await api.join(event, "Marguerite")
    headers = {"authorization": f"Bearer {asker.token}"}
    path = f"/v1/events/{event['id']}/questions"
    for body in ({"body": "Zwetschgen?"}, {"body": "Zwetschgen?", "who": "Marguerite"}):
        await burst("ask_question", load_balancer_event("POST", path, headers=headers, json=body))
    log = burst.container("ask_question").log
    assert '"operation":"ask_question"' in log
    assert not [word for word in (asker.token, "Marguerite", "Zwetschgen") if word in log]
