"""Sharded counters: moved by differences, summed over the shards, whatever the shard."""

import os
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db.engines import read_session, write_session
from shared.db.group_commit import LANES
from shared.polls.votes import write_votes
from shared.questions.upvotes import UpvoteWrite, write_upvotes
from shared.tally.moves import next_shard
from shared.tally.queries import mark_published, read_tallies, unpublished_subjects
from tests.support.api import Api, Json
from tests.support.ballots import accepted, ballot, participant
from tests.support.feed import publish_now
from tests.support.recount import check_exact
from tests.support.settings import changed_settings
from tests.support.tables import query


async def _tally(poll: Json) -> dict[str, int]:
    async with read_session() as session:
        return dict((await read_tallies(session, [UUID(poll["id"])]))[UUID(poll["id"])])


def _on_shard(monkeypatch: pytest.MonkeyPatch, shard: int) -> None:
    """Let this process move another shard."""
    monkeypatch.setattr("shared.polls.votes.next_shard", lambda: shard)


def test_the_batches_of_a_process_take_turns_on_as_many_shards_as_may_be_under_way() -> None:
    for shards in (16, 7, 1):
        with changed_settings(tally_shards=shards):
            drawn = [next_shard() for _ in range(20)]
        assert set(drawn) <= set(range(shards))
        assert drawn[LANES:] == drawn[:-LANES]
        assert len(set(drawn)) == min(LANES, shards)


def test_processes_of_one_pid_in_many_containers_spread_over_the_shards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = set()
    for _ in range(100):
        for pid in (7, os.getpid()):
            monkeypatch.setattr("shared.tally.moves.os.getpid", lambda pid=pid: pid)
            drawn.add(next_shard())
    assert len(drawn) > 8


async def test_a_subject_without_moves_has_no_counter(api: Api) -> None:
    poll = await api.make_poll(await api.make_event())
    assert await _tally(poll) == {}
    async with read_session() as session:
        assert await read_tallies(session, []) == {}


async def test_a_vote_cast_on_one_shard_and_retracted_on_another_counts_zero(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    voter = participant(event, 1)
    for shard, choices in ((1, [0]), (2, [1]), (3, [])):
        _on_shard(monkeypatch, shard)
        await accepted([ballot(poll, voter, *choices)])
    counts = await query(
        "SELECT count FROM tally_counters WHERE subject_id = :id AND key = 'voters' ORDER BY shard",
        id=poll["id"],
    )
    assert counts == [(1,), (-1,)]
    assert set((await _tally(poll)).values()) == {0}
    await publish_now(event)
    await check_exact(api, event)


async def test_fewer_shards_than_before_lose_no_count(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    _on_shard(monkeypatch, 15)
    await accepted([ballot(poll, participant(event, 1), 0)])
    with changed_settings(tally_shards=2):
        await accepted([ballot(poll, participant(event, 2), 0)])
    assert (await _tally(poll))["voters"] == 2


async def test_moves_that_cancel_out_touch_no_counter(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    one, other = participant(event, 1), participant(event, 2)
    await accepted([ballot(poll, one, 0), ballot(poll, other, 1)])
    sql = (
        "SELECT key, count, moves, moved_at FROM tally_counters WHERE subject_id = :id ORDER BY key"
    )
    before = await query(sql, id=poll["id"])
    await accepted([ballot(poll, one, 1), ballot(poll, other, 0)])
    await accepted([ballot(poll, one, 1)])
    assert await query(sql, id=poll["id"]) == before


async def test_one_batch_counts_in_many_subjects_of_many_events(api: Api) -> None:
    events = [await api.make_event() for _ in range(3)]
    polls = [(event, await api.make_poll(event)) for event in events for _ in range(2)]
    writes = [ballot(poll, participant(event, n), n % 3) for event, poll in polls for n in range(9)]
    await accepted(writes)
    for event, poll in polls:
        assert (await _tally(poll))["voters"] == 9
        await publish_now(event)
        await check_exact(api, event)


async def test_a_batch_is_judged_write_by_write(api: Api) -> None:
    event, elsewhere = await api.make_event(), await api.make_event()
    opened, draft = await api.make_poll(event), await api.make_poll(event, open_now=False)
    closed = await api.change_poll(await api.make_poll(event), status="closed")
    voter, stranger = participant(event, 1), participant(elsewhere, 1)
    outcomes = await write_votes(
        [ballot(poll, voter, 0) for poll in (closed, opened, draft)] + [ballot(opened, stranger, 0)]
    )
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["PollClosed", "datetime", "NotFound", "NotFound"]
    rows = await query("SELECT 1 FROM participants WHERE id = :id", id=stranger.participant_id)
    assert rows == []


async def test_what_moved_is_unpublished_until_it_is_marked(api: Api) -> None:
    event = await api.make_event()
    poll, question = await api.make_poll(event), await api.ask(await api.join(event), event, "Why?")
    event_id, poll_id, question_id = (UUID(each["id"]) for each in (event, poll, question))
    await publish_now(event)
    await accepted([ballot(poll, participant(event, n), 0) for n in range(3)])
    await write_upvotes([UpvoteWrite(question_id, participant(event, 1), True)])
    async with write_session() as session:
        moved = await unpublished_subjects(session, event_id)
        assert set(moved) == {"poll", "question"}
        assert set(moved["poll"]) == {poll_id} and set(moved["question"]) == {question_id}
        await mark_published(session, moved["poll"])
        assert set(await unpublished_subjects(session, event_id)) == {"question"}
        # One more vote is one more move, also where the sums come back to what they were.
    await accepted([ballot(poll, participant(event, 1))])
    await accepted([ballot(poll, participant(event, 1), 0)])
    async with write_session() as session:
        assert set(await unpublished_subjects(session, event_id)) == {"poll", "question"}


# Each example makes an event of its own with the one `api`.
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sets(st.integers(0, 2), max_size=3), st.integers(0, 2)),
        min_size=1,
        max_size=12,
    )
)
async def test_any_sequence_of_votes_on_any_shards_sums_up_to_the_last_ones(
    api: Api, sequence: list[tuple[int, set[int], int]]
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event, kind="multiple_choice")
    last: dict[int, set[int]] = {}
    with pytest.MonkeyPatch.context() as patched:
        for voter, choices, shard in sequence:
            _on_shard(patched, shard)
            await accepted([ballot(poll, participant(event, voter), *sorted(choices))])
            last[voter] = choices
    tally = await _tally(poll)
    assert tally.get("voters", 0) == sum(bool(choices) for choices in last.values())
    for number, option in enumerate(poll["options"]):
        expected = sum(number in choices for choices in last.values())
        assert tally.get(f"option:{option['id']}", 0) == expected
