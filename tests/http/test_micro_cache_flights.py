"""Many requests for one key at the same time: one run, and what each of them gets when it ends."""

import asyncio
from typing import Any

import pytest

from shared.http.micro_cache import MicroCache
from tests.support.origin import (
    PUBLIC,
    Clock,
    Headers,
    Message,
    Origin,
    Receive,
    Reply,
    Scope,
    Send,
)
from tests.support.origin import ask, http_scope, settle


class Unreadable(Exception):
    """What the application fails with here."""


def held(**script: Any) -> tuple[Origin, asyncio.Event]:
    gate = asyncio.Event()
    return Origin(gate=gate, **script), gate


async def crowd(cache: MicroCache, gate: asyncio.Event, size: int = 50) -> list[Reply]:
    """Let `size` requests arrive before the gate opens."""
    requests = [asyncio.create_task(ask(cache)) for _ in range(size)]
    await settle()
    gate.set()
    return await asyncio.wait_for(asyncio.gather(*requests), 5)


async def test_concurrent_misses_run_the_application_once() -> None:
    origin, gate = held()
    cache = MicroCache(origin)
    replies = await crowd(cache, gate)
    assert origin.runs == 1
    assert {reply.body for reply in replies} == {b"run 1"}
    assert (cache.stats.misses, cache.stats.waits) == (1, 49)


async def test_other_keys_do_not_wait() -> None:
    origin, gate = held()
    cache = MicroCache(origin)
    waiting = asyncio.create_task(ask(cache))
    await settle()
    origin.gate = None
    assert (await ask(cache, "/other")).body == b"run 2"
    gate.set()
    await waiting


@pytest.mark.parametrize("status", [404, 410, 422, 500, 502, 503, 504])
async def test_an_error_is_given_to_those_who_waited_for_it_and_to_nobody_later(
    status: int,
) -> None:
    no_store: Headers = [
        (b"cache-control", b"no-store"),
        (b"retry-after", b"1"),
        (b"x-request-id", b"1"),
    ]
    origin, gate = held(status=status, headers=no_store)
    cache = MicroCache(origin)
    replies = await crowd(cache, gate)
    assert origin.runs == 1
    assert {(reply.status, reply.body) for reply in replies} == {(status, b"run 1")}
    assert all(reply.headers["retry-after"] == "1" for reply in replies)
    assert not any("x-request-id" in reply.headers for reply in replies)
    assert (await ask(cache)).body == b"run 2"
    assert cache.stats.stores == 0


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, [*PUBLIC, (b"set-cookie", b"who=me")]),
        (200, [(b"cache-control", b"private, max-age=9")]),
        (200, [(b"cache-control", b"no-store")]),
        (200, [*PUBLIC, (b"vary", b"Accept-Language")]),
        (201, PUBLIC),
        (206, PUBLIC),
        (302, []),
        (401, []),
        (403, []),
        (429, []),
        (404, [(b"set-cookie", b"who=me")]),
        (404, [(b"cache-control", b"private")]),
        (503, [(b"vary", b"Accept-Language")]),
    ],
)
async def test_what_may_be_for_one_client_is_not_shared_and_those_waiting_run_together(
    status: int, headers: Headers
) -> None:
    origin, gate = held(status=status, headers=headers)
    replies = await crowd(MicroCache(origin), gate)
    assert len({reply.body for reply in replies}) == origin.runs == 50
    # The first run alone, then all the others at once, not one after the other.
    assert origin.most_running == 49


async def test_a_key_that_is_not_stored_is_not_gathered_again_for_a_while() -> None:
    origin, gate = held(headers=[(b"cache-control", b"no-store")])
    clock = Clock()
    cache = MicroCache(origin, clock=clock)
    gate.set()
    await ask(cache)
    gate.clear()
    assert len({reply.body for reply in await crowd(cache, gate)}) == origin.most_running == 50
    assert cache.stats.passes == 50
    origin.headers = PUBLIC
    clock.now += 5
    await ask(cache)
    assert cache.stats.stores == 1


async def test_an_exception_reaches_all_who_waited_and_the_next_request_tries_again() -> None:
    origin, gate = held(error=Unreadable())
    cache = MicroCache(origin)
    requests = [asyncio.create_task(ask(cache)) for _ in range(5)]
    await settle()
    gate.set()
    ends = await asyncio.gather(*requests, return_exceptions=True)
    assert ends == [origin.error] * 5
    assert origin.runs == 1
    assert cache.stats.failures == 0
    origin.error = None
    assert (await ask(cache)).body == b"run 2"


async def test_a_response_that_never_ends_properly_is_an_error_for_all() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": PUBLIC})

    cache = MicroCache(app)
    ends = await asyncio.gather(ask(cache), ask(cache), return_exceptions=True)
    assert [type(end) for end in ends] == [RuntimeError, RuntimeError]


async def test_a_failing_refresh_is_counted_and_the_old_answer_holds_until_max_age() -> None:
    failures: list[Exception] = []
    origin, clock = Origin(), Clock()
    cache = MicroCache(origin, clock=clock, on_failure=failures.append)
    await ask(cache)
    origin.error = Unreadable()
    clock.now += 0.3
    for _ in range(10):
        assert (await ask(cache)).body == b"run 1"
        await settle()
    # Asked once, not at every request: it has enough to do.
    assert (origin.runs, cache.stats.failures, failures) == (2, 1, [origin.error])
    clock.now += 0.7
    with pytest.raises(Unreadable):
        await ask(cache)


async def test_a_failing_refresh_is_logged_without_what_the_exception_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    origin, clock = Origin(), Clock()
    cache = MicroCache(origin, clock=clock)
    await ask(cache)
    origin.error = Unreadable("what someone wrote")
    clock.now += 0.3
    await ask(cache)
    await settle()
    assert "Unreadable" in caplog.text and "someone" not in caplog.text


@pytest.mark.parametrize(
    ("status", "holds"), [(500, True), (503, True), (429, True), (404, False), (403, False)]
)
async def test_a_refresh_that_finds_the_thing_gone_ends_the_old_answer(
    status: int, holds: bool
) -> None:
    origin, clock = Origin(), Clock()
    cache = MicroCache(origin, clock=clock)
    await ask(cache)
    origin.status = status
    clock.now += 0.3
    await ask(cache)
    await settle()
    assert (await ask(cache)).status == (200 if holds else status)


async def test_a_run_that_was_expired_under_way_marks_nothing_when_it_lands() -> None:
    origin, gate = held(headers=[(b"cache-control", b"no-store")])
    cache = MicroCache(origin)
    outdated = asyncio.create_task(ask(cache))
    await settle()
    cache.expire(b"/feed")
    origin.headers = PUBLIC
    gate.set()
    await outdated
    assert {(await ask(cache)).body for _ in range(2)} == {b"run 2"}


async def test_a_client_that_goes_away_ends_nothing_for_the_others() -> None:
    origin, gate = held()
    cache = MicroCache(origin)
    requests = [asyncio.create_task(ask(cache)) for _ in range(3)]
    await settle()
    requests[0].cancel()
    requests[1].cancel()
    await settle()
    gate.set()
    assert (await requests[2]).body == b"run 1"
    assert (await ask(cache)).body == b"run 1"
    assert origin.runs == 1


async def test_a_run_for_all_never_sees_the_disconnect_of_the_client_that_started_it() -> None:
    received: list[Message] = []
    listening = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        received.append(await receive())
        watcher = asyncio.ensure_future(receive())
        await settle()
        listening.set()
        assert not watcher.done()
        await Origin()(scope, receive, send)
        received.append(await watcher)

    async def disconnected() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await MicroCache(app)(http_scope(), disconnected, send)
    await settle()
    assert listening.is_set() and len(sent) == 2
    assert received == [
        {"type": "http.request", "body": b"", "more_body": False},
        {"type": "http.disconnect"},
    ]


async def test_an_exception_that_nobody_is_left_to_raise_is_counted() -> None:
    failures: list[Exception] = []
    origin, gate = held(error=Unreadable())
    cache = MicroCache(origin, on_failure=failures.append)
    request = asyncio.create_task(ask(cache))
    await settle()
    request.cancel()
    await settle()
    gate.set()
    await settle()
    assert failures == [origin.error]


async def test_an_exception_after_the_answer_is_counted_and_the_answer_holds() -> None:
    failures: list[Exception] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Origin()(scope, receive, send)
        raise Unreadable

    cache = MicroCache(app, on_failure=failures.append)
    replies = await asyncio.gather(ask(cache), ask(cache))
    await settle()
    assert [reply.body for reply in replies] == [b"run 1", b"run 1"]
    assert len(failures) == cache.stats.failures == 1


async def test_when_a_run_is_cancelled_those_waiting_run_it_themselves() -> None:
    origin, gate = held()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not origin.runs:
            origin.scopes.append(scope)
            await gate.wait()
            raise asyncio.CancelledError
        await origin(scope, receive, send)

    replies = await crowd(MicroCache(app), gate, size=3)
    assert {reply.body for reply in replies} == {b"run 2", b"run 3", b"run 4"}
