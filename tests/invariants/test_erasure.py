"""Erasing amid writes: what is erased is gone whole, and nobody who writes meanwhile gets an error."""

import asyncio
from random import Random

import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from shared.polls.kinds import KINDS
from tests.support.api import Api, Json, Participant
from tests.support.crowd import crowd, written_by
from tests.support.feed import publish_now
from tests.support.held import held_newcomer
from tests.support.kinds import ASKED, make_poll, random_vote
from tests.support.recount import check_exact
from tests.support.tables import query, tables_that_mention
from tests.support.waiting import until_waiting

_OF_AN_EVENT = {
    "events": "id = :id",
    "polls": "event_id = :id",
    "questions": "event_id = :id",
    "participants": "event_id = :id",
    "feed_entries": "event_id = :id",
    "tally_subjects": "event_id = :id",
    "votes": "participant_id IN (SELECT id FROM participants WHERE event_id = :id)",
}


async def _write_until(
    erased: asyncio.Event, workers: list[Api], event: Json, things: tuple[Json, Json], seed: int
) -> set[int]:
    """Vote, upvote and ask as different people until all is erased, and a little longer."""
    poll, question = things
    chance, statuses = Random(seed), set()
    for person in await crowd(event, 40):
        worker = chance.choice(workers)
        path = f"/v1/questions/{question['id']}/upvote"
        asked = {"body": "Is it still there?"}
        writes = [
            worker.answer(person, poll, **random_vote(poll, chance)),
            worker.call("PUT", path, person.token),
            worker.call("POST", f"/v1/events/{event['id']}/questions", person.token, asked),
        ]
        statuses |= {answer.status_code for answer in await asyncio.gather(*writes)}
        if erased.is_set():
            break
    return statuses


@pytest.mark.parametrize(
    ("erases", "kind"),
    [("event", "word_cloud"), ("question", "ranking"), *(("poll", kind) for kind in KINDS)],
)
async def test_what_is_erased_amid_writes_is_gone_and_every_write_gets_its_answer(
    workers: list[Api], erases: str, kind: str
) -> None:
    api = workers[0]
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    question = await api.ask(await api.join(event), event, "Will it rain?")
    erased = asyncio.Event()
    writing = [
        asyncio.create_task(_write_until(erased, workers, event, (poll, question), seed))
        for seed in range(4)
    ]
    while not await query("SELECT 1 FROM votes WHERE poll_id = :id LIMIT 1", id=poll["id"]):
        await asyncio.sleep(0.01)
    thing = {"event": event, "poll": poll, "question": question}[erases]
    answer = await api.call("DELETE", f"/v1/{erases}s/{thing['id']}", api.organizer_key)
    erased.set()
    assert answer.status_code == 204, answer.text
    statuses = set().union(*await asyncio.gather(*writing))
    assert 404 in statuses or erases != "event"
    assert statuses <= {200, 201, 404}
    if erases == "event":
        for table, of_the_event in _OF_AN_EVENT.items():
            sql = f"SELECT 1 FROM {table} WHERE {of_the_event} LIMIT 1"
            assert await query(sql, id=event["id"]) == [], table
    else:
        await publish_now(event)
        await check_exact(api, event)
    orphans = """
        SELECT 1 FROM tally_counters LEFT JOIN tally_subjects AS subject USING (subject_id)
        WHERE subject.subject_id IS NULL
    """
    assert await query(orphans) == []


async def test_a_question_dismissed_amid_upvotes_counts_those_it_accepted(
    workers: list[Api],
) -> None:
    api = workers[0]
    event = await api.make_event()
    question = await api.ask(await api.join(event), event, "Will it rain?")
    path = f"/v1/questions/{question['id']}"

    async def upvote(worker: Api, person: Participant) -> int:
        return (await worker.call("PUT", f"{path}/upvote", person.token)).status_code

    people = await crowd(event, 30)
    upvoting = [
        asyncio.create_task(upvote(workers[n % 3], person)) for n, person in enumerate(people)
    ]
    dismissed = await api.call("PATCH", path, api.organizer_key, {"status": "dismissed"})
    statuses = await asyncio.gather(*upvoting)
    assert dismissed.status_code == 200 and set(statuses) <= {200, 404}
    rows = await query("SELECT 1 FROM upvotes WHERE question_id = :id", id=question["id"])
    assert len(rows) == statuses.count(200)
    await publish_now(event)
    await check_exact(api, event)


async def test_erasing_an_event_and_asking_in_it_with_a_key_do_not_deadlock(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    asker, voter = await crowd(event, 2)
    path = f"/v1/events/{event['id']}"
    key = {"Idempotency-Key": "asked-yesterday"}
    body = {"body": "Will it rain?"}
    first = await api.call("POST", f"{path}/questions", asker.token, body, headers=key)
    assert first.status_code == 201
    async with write_session() as session:
        # Old enough to be swept by whoever asks next.
        sql = "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'"
        await session.execute(text(f"{sql} WHERE principal_id = :id"), {"id": asker.id})
    async with held_newcomer(voter, event["id"]):
        voting = asyncio.create_task(api.vote(voter, poll, 0))
        await until_waiting("transactionid")
        erasing = asyncio.create_task(api.call("DELETE", path, api.organizer_key))
        await until_waiting("advisory")
        again = {"Idempotency-Key": "asked-today"}
        asking = asyncio.create_task(
            api.call("POST", f"{path}/questions", asker.token, body, headers=again)
        )
        await until_waiting("transactionid", count=2)
    assert (await voting).status_code == 200
    assert (await erasing).status_code == 204
    assert (await asking).status_code == 404


async def test_participants_erased_amid_their_own_writes_leave_nothing_in_any_count(
    workers: list[Api],
) -> None:
    api = workers[0]
    event = await api.make_event()
    asker = await api.join(event)
    things = [await make_poll(api, event, kind) for kind in ASKED]
    question = await api.ask(asker, event, "Will it rain?")
    people = await crowd(event, 12)
    gone, statuses = people[:6], set()

    async def write(person: Participant, seed: int) -> None:
        chance = Random(seed)
        for _ in range(12):
            poll, worker = chance.choice(things), chance.choice(workers)
            voted = await worker.answer(person, poll, **random_vote(poll, chance))
            path = f"/v1/questions/{question['id']}/upvote"
            upvoted = await worker.call("PUT", path, person.token)
            statuses.update({voted.status_code, upvoted.status_code})

    async def erase(person: Participant, worker: Api) -> None:
        path = f"/v1/participants/{person.id}"
        while (await worker.call("DELETE", path, api.organizer_key)).status_code == 404:
            await asyncio.sleep(0.01)

    writing = [write(person, seed) for seed, person in enumerate(people)]
    erasing = [erase(person, workers[n % 3]) for n, person in enumerate(gone)]
    await asyncio.gather(*writing, *erasing)

    assert {200, 403} <= statuses <= {200, 403, 429}
    for person in gone:
        assert await written_by(person) == {}
        assert await tables_that_mention(person.id) == {}
    await publish_now(event)
    await check_exact(api, event)
