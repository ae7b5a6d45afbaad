"""What a tick looks at: a bounded number of counters, however many words people think of."""

import json
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from shared.due import IS_DUE
from shared.polls.kinds import KINDS
from shared.tally.keys import MANY
from shared.tally.queries import unpublished_subjects
from tests.support.api import Api, Json
from tests.support.crowd import crowd
from tests.support.feed import publish_now, snapshot
from tests.support.kinds import as_kept, make_poll, random_vote

WORDS = 20_000


def _two_answers(poll: Json) -> tuple[Json, Json]:
    """Return two votes in the poll that differ."""
    chance = Random(1)
    first = as_kept(poll, random_vote(poll, chance))
    while (second := as_kept(poll, random_vote(poll, chance))) == first:
        pass
    return first, second


def test_counters_of_which_there_may_be_many_are_the_ones_that_looks_leave_out() -> None:
    assert {kind.ranked for kind in KINDS.values()} <= {None, MANY}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_answer_that_changes_is_seen_by_the_next_tick(api: Api, kind: str) -> None:
    event = await api.make_event()
    poll = await make_poll(api, event, kind)
    [person] = await crowd(event, 1)
    shown = []
    for answer in _two_answers(poll):
        assert (await api.answer(person, poll, **answer)).status_code == 200
        await publish_now(event)
        results = (await snapshot(api, event)).state["poll_results", poll["id"]]
        shown.append(results["tallies"])
    assert shown[0] != shown[1]


async def _rows_read(sql: str, **parameters: object) -> int:
    """Return how many counters a statement reads."""
    async with write_session() as session:
        plan = await session.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"), parameters)
    tree: list[Json] = json.loads(plan) if isinstance(plan, str) else plan
    return _scanned(tree[0]["Plan"])


def _scanned(node: Json) -> int:
    own = 0
    if node.get("Relation Name") == "tally_counters":
        removed = node.get("Rows Removed by Filter", 0)
        own = int((node["Actual Rows"] + removed) * node["Actual Loops"])
    below: list[Json] = node.get("Plans", [])
    return own + sum(map(_scanned, below))


async def test_a_look_reads_a_few_counters_of_a_cloud_of_many_words(api: Api) -> None:
    event = await api.make_event()
    poll = await make_poll(api, event, "word_cloud")
    [person] = await crowd(event, 1)
    assert (await api.answer(person, poll, words=["tea"])).status_code == 200
    async with write_session() as session:
        many = text("""
            INSERT INTO tally_counters (subject_id, key, shard, count, moves)
            SELECT :id, :prefix || 'made up ' || number, 0, 1, 1
            FROM generate_series(1, :words) AS number
        """)
        await session.execute(many, {"id": poll["id"], "prefix": MANY, "words": WORDS})
    async with write_session() as session:
        await session.execute(text("ANALYZE tally_counters"))
        moved = await unpublished_subjects(session, UUID(event["id"]))
    assert list(moved["poll"]) == [UUID(poll["id"])]
    parameters: dict[str, Any] = {"event_id": event["id"], "interval_s": 0.0}
    assert 0 < await _rows_read(IS_DUE, **parameters) < WORDS / 2
