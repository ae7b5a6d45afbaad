"""I4: whoever holds cursor r has seen every change at or before r; revisions have no gap and no swap."""

import asyncio
from random import Random
from uuid import UUID

from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.polls.queries import change_poll, find_poll
from shared.polls.schemas import UpdatePoll
from shared.questions.queries import change_question, find_question
from shared.questions.schemas import UpdateQuestion
from shared.tick import publish_moved
from tests.support.api import Api, FeedReader, Json
from tests.support.crowd import crowd
from tests.support.feed import read_page, snapshot
from tests.support.settings import changed_settings
from tests.support.tables import query
from tests.support.waiting import until_waiting

AUDIENCES = ("public", "staff")


def _revision(cursor: str) -> int:
    return int(cursor.rpartition("-")[2])


class _Follower:
    """Reads deltas only, and checks each against the cursor that it was asked with."""

    def __init__(self, event: Json, audience: str) -> None:
        self.event = event
        self.audience = audience
        self.reader: FeedReader | None = None
        self.revisions: list[int] = []

    async def read(self, api: Api) -> None:
        """Read and apply one page."""
        since = self.reader.cursor if self.reader else None
        page = await read_page(api, self.event, since, audience=self.audience)
        if self.reader is None:
            self.reader = FeedReader(api, self.event)
        else:
            assert not page["reset"]
        revisions = [change["revision"] for change in page["changes"]]
        after = _revision(since) if since else 0
        assert revisions == sorted(set(revisions))
        assert all(after < revision <= _revision(page["cursor"]) for revision in revisions)
        self.revisions += revisions
        self.reader.apply(page)

    async def follow(self, workers: list[Api], stopped: asyncio.Event, chance: Random) -> None:
        """Read through any worker until everything has stopped, and once more."""
        while not stopped.is_set():
            await self.read(chance.choice(workers))
        await self.read(workers[0])


async def test_no_reader_ever_misses_a_change_while_many_publish(workers: list[Api]) -> None:
    api, chance = workers[0], Random(4)
    event = await api.make_event()
    poll = await api.make_poll(event)
    followers = [_Follower(event, audience) for audience in AUDIENCES for _ in range(2)]
    stopped = asyncio.Event()
    following = [
        asyncio.create_task(follower.follow(workers, stopped, chance)) for follower in followers
    ]

    async def write(number: int) -> None:
        # Each question is published once and never again: one that is missed stays missed.
        for person in await crowd(event, 4):
            worker = chance.choice(workers)
            await worker.ask(person, event, f"Question {number} of {person.id}?")
            await worker.vote(person, poll, chance.randrange(3))
            await worker.change_poll(poll, prompt=f"Prompt {number} of {person.id}")

    await asyncio.gather(*(write(number) for number in range(6)))
    await api.change_poll(poll, status="closed")
    stopped.set()
    await asyncio.gather(*following)
    for follower in followers:
        assert follower.reader is not None
        fresh = await snapshot(api, event, follower.audience)
        assert follower.reader.state == fresh.state
        assert len([kind for kind, _ in fresh.state if kind == "question"]) == 24


async def test_revisions_are_dense_in_each_audience(workers: list[Api]) -> None:
    event = await workers[0].make_event(question_moderation=True)
    people = await crowd(event, 12)
    await asyncio.gather(
        *(workers[n % 3].ask(person, event, "Why?") for n, person in enumerate(people))
    )
    questions = await query("SELECT id FROM questions WHERE event_id = :id", id=event["id"])

    async def publish(worker: Api, question_id: UUID) -> None:
        path = f"/v1/questions/{question_id}"
        body = {"status": "published"}
        assert (await worker.call("PATCH", path, worker.organizer_key, body)).status_code == 200

    before = [
        _revision((await snapshot(workers[0], event, each)).cursor or "") for each in AUDIENCES
    ]
    await asyncio.gather(*(publish(workers[n % 3], id) for n, (id,) in enumerate(questions)))
    for audience, head in zip(AUDIENCES, before, strict=True):
        rows = await query(
            "SELECT revision FROM feed_entries WHERE event_id = :id AND audience = :audience"
            " AND type = 'question' ORDER BY revision",
            id=event["id"],
            audience=audience,
        )
        assert [revision for (revision,) in rows] == list(range(head + 1, head + 13))


async def test_a_change_that_commits_late_cannot_appear_behind_one_that_was_read(api: Api) -> None:
    event = await api.make_event()
    slow, quick = await crowd(event, 2)
    asked = await api.ask(slow, event, "Pinned first, committed late?")
    reader = await snapshot(api, event)
    early = reader.cursor
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        question = await find_question(session, UUID(asked["id"]))
        await change_question(session, question, UpdateQuestion(pinned=True))
        asking = asyncio.create_task(api.ask(quick, event, "Asked second?"))
        await until_waiting("transactionid")
        assert (await read_page(api, event, early))["changes"] == []
        assert (await read_page(api, event, early))["cursor"] == early
    await asking
    page = await read_page(api, event, early)
    assert [change["data"]["body"] for change in page["changes"]] == [
        "Pinned first, committed late?",
        "Asked second?",
    ]
    start = _revision(early or "")
    assert [change["revision"] for change in page["changes"]] == [start + 1, start + 2]


async def test_a_tick_that_waited_for_the_closing_does_not_take_its_final_result_back(
    api: Api,
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote((await crowd(event, 1))[0], poll, 0)
    with changed_settings(tick_interval_ms=1):
        async with write_session() as session:
            await lock_event(session, UUID(event["id"]))
            ticking = asyncio.create_task(publish_moved(UUID(event["id"])))
            await until_waiting("transactionid")
            found = await find_poll(session, UUID(poll["id"]))
            await change_poll(session, found, UpdatePoll(status="closed"))
        await ticking
    shown = await query(
        "SELECT body::jsonb FROM feed_entries WHERE entity_id = :id AND type = 'poll_results'",
        id=poll["id"],
    )
    assert [(body["final"], body["voters"]) for (body,) in shown] == [(True, 1), (True, 1)]


async def test_two_changes_of_one_question_that_meet_are_both_shown(api: Api) -> None:
    event = await api.make_event()
    question = await api.ask((await crowd(event, 1))[0], event, "Will it rain?")
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        found = await find_question(session, UUID(question["id"]))
        await change_question(session, found, UpdateQuestion(pinned=True))
        path = f"/v1/questions/{question['id']}/replies"
        replying = asyncio.create_task(
            api.call("POST", path, api.organizer_key, {"body": "All day."})
        )
        await until_waiting("transactionid")
    assert (await replying).status_code == 201
    for audience in AUDIENCES:
        shown = (await snapshot(api, event, audience)).state["question", question["id"]]
        assert (shown["pinned"], len(shown["replies"])) == (True, 1)
