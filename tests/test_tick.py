"""The tick: when counts reach the feed, and that one process at a time brings them there."""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.db import gates, locks
from shared.db.engines import write_session
from shared.events.queries import lock_event
from shared.tick import publish_moved
from shared.ticking import tick_if_due
from tests.support.api import Api, Json
from tests.support.database_errors import deadlock, lost_connection, refused_connection
from tests.support.feed import publish_now, snapshot
from tests.support.settings import changed_settings
from tests.support.statements import Statements
from tests.support.tables import query
from tests.support.waiting import until, until_waiting


async def _revisions(event: Json) -> tuple[int, int]:
    [(public, staff)] = await query(
        "SELECT revision, staff_revision FROM events WHERE id = :id", id=event["id"]
    )
    return public, staff


async def _tick_was(event: Json, interval: str) -> None:
    """Let the event's last tick have been so long ago."""
    async with write_session() as session:
        await session.execute(
            text("UPDATE events SET ticked_at = now() - CAST(:ago AS interval) WHERE id = :id"),
            {"ago": interval, "id": event["id"]},
        )


async def test_votes_reach_the_feed_with_the_first_reader_after_the_interval(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)

    async def shown() -> bool:
        state = (await snapshot(api, event)).state
        return bool(state["poll_results", poll["id"]]["voters"] == 1)

    await until(shown, timeout_s=5)


async def test_a_tick_with_nothing_new_changes_nothing(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    await publish_now(event)
    before = await query("SELECT * FROM events WHERE id = :id", id=event["id"])
    await publish_now(event)
    assert await query("SELECT * FROM events WHERE id = :id", id=event["id"]) == before


async def test_processes_that_find_a_tick_due_at_once_publish_once_an_interval(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await publish_now(event)
    with changed_settings(tick_interval_ms=60_000):
        await _tick_was(event, "1 hour")
        await api.vote(await api.join(event), poll, 0)
        await publish_moved(UUID(event["id"]))
        after_first = await _revisions(event)
        await api.vote(await api.join(event), poll, 0)
        await publish_moved(UUID(event["id"]))
        assert await _revisions(event) == after_first
        await _tick_was(event, "1 hour")
        await publish_moved(UUID(event["id"]))
        assert await _revisions(event) > after_first


async def test_a_second_tick_does_not_wait_for_the_first(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    await _tick_was(event, "1 hour")
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        first = asyncio.create_task(publish_moved(UUID(event["id"])))
        await until_waiting("transactionid")
        async with asyncio.timeout(1):
            await publish_moved(UUID(event["id"]))
        assert not first.done()
    await first
    results = (await snapshot(api, event)).state["poll_results", poll["id"]]
    assert results["voters"] == 1


async def test_a_reader_is_answered_though_its_tick_cannot_get_the_event(api: Api) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    await _tick_was(event, "1 hour")
    async with write_session() as session:
        await lock_event(session, UUID(event["id"]))
        with changed_settings(tick_interval_ms=1):
            state = (await snapshot(api, event)).state
    assert state["poll_results", poll["id"]]["voters"] == 0


@pytest.mark.parametrize("failure", [deadlock, refused_connection, lost_connection])
async def test_a_reader_is_answered_though_its_tick_finds_no_connection_to_write_with(
    api: Api, monkeypatch: pytest.MonkeyPatch, failure: Callable[[], Exception]
) -> None:
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)
    tries: list[UUID] = []

    async def fail(event_id: UUID) -> None:
        tries.append(event_id)
        raise failure()

    with monkeypatch.context() as patched, changed_settings(tick_interval_ms=1):
        patched.setattr("shared.tick.publish_moved", fail)
        state = (await snapshot(api, event)).state
    assert tries and state["poll_results", poll["id"]]["voters"] == 0
    await publish_now(event)
    assert (await snapshot(api, event)).state["poll_results", poll["id"]]["voters"] == 1


async def test_a_process_looks_once_an_interval_however_many_read(api: Api) -> None:
    event = await api.make_event()
    with changed_settings(tick_interval_ms=60_000):
        async with Statements() as statements:
            await asyncio.gather(*(tick_if_due(UUID(event["id"])) for _ in range(100)))
    assert statements.naming("tally_subjects") == 1, statements.sent


async def test_a_tick_of_no_event_is_no_error(api: Api) -> None:
    await tick_if_due(uuid4())


async def test_a_gate_that_is_shut_keeps_no_tick_waiting_whatever_their_keys(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SameForAll:
        def digest(self) -> bytes:
            return bytes(8)

    for module in (gates, locks):
        monkeypatch.setattr(module, "blake2b", lambda *_, **__: SameForAll())
    event = await api.make_event()
    poll = await api.make_poll(event)
    await api.vote(await api.join(event), poll, 0)

    async with write_session() as session:
        await locks.shut_gates(session, [gates.advisory_key("a gate", UUID(event["id"]))])
        await publish_now(event)

    state = (await snapshot(api, event)).state
    assert state["poll_results", poll["id"]]["voters"] == 1
