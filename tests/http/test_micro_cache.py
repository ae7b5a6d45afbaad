"""What the micro-cache stores, for how long, and what passes through it."""

import asyncio
from typing import Any

import pytest

from shared.http.micro_cache import MicroCache
from tests.support.origin import PUBLIC, Clock, Headers, Message, Origin, Receive, Scope, Send
from tests.support.origin import ask, settle

COOKIE: Headers = (*PUBLIC, (b"set-cookie", b"who=me"))


def cached(origin: Any, **options: Any) -> tuple[MicroCache, Clock]:
    clock = Clock()
    return MicroCache(origin, clock=clock, **options), clock


async def test_a_public_answer_is_made_once_while_it_is_fresh() -> None:
    origin = Origin()
    cache, clock = cached(origin)
    first = await ask(cache)
    clock.now += 0.19
    second = await ask(cache)
    assert origin.runs == 1
    assert (first.status, first.body, first.headers) == (200, b"run 1", second.headers)
    assert second.body == b"run 1"
    assert (cache.stats.misses, cache.stats.hits, cache.stats.stores) == (1, 1, 1)


async def test_a_stale_answer_is_given_at_once_while_one_run_refreshes_it() -> None:
    origin = Origin()
    cache, clock = cached(origin)
    await ask(cache)
    clock.now += 0.2
    origin.gate = asyncio.Event()
    stale = [await ask(cache) for _ in range(5)]
    assert {reply.body for reply in stale} == {b"run 1"}
    await settle()
    assert origin.runs == 2
    origin.gate.set()
    await settle()
    assert (await ask(cache)).body == b"run 2"
    assert (cache.stats.stale_hits, cache.stats.hits, origin.runs) == (5, 1, 2)


async def test_after_max_age_requests_wait_for_the_refresh_that_is_under_way() -> None:
    origin = Origin()
    cache, clock = cached(origin)
    await ask(cache)
    clock.now += 0.9
    origin.gate = asyncio.Event()
    assert (await ask(cache)).body == b"run 1"
    clock.now += 0.1
    waiting = asyncio.create_task(ask(cache))
    await settle()
    assert not waiting.done()
    origin.gate.set()
    assert (await waiting).body == b"run 2"
    assert origin.runs == 2


async def test_an_answer_is_never_served_as_fresh_for_longer_than_its_max_age() -> None:
    origin = Origin()
    cache, clock = cached(origin, refresh_after_s=60)
    await ask(cache)
    clock.now += 0.99
    assert (await ask(cache)).body == b"run 1"
    clock.now += 0.01
    assert (await ask(cache)).body == b"run 2"


async def test_no_answer_is_older_than_oldest_s_even_where_max_age_allows_it() -> None:
    origin = Origin()
    cache, clock = cached(origin, oldest_s=0.5)
    await ask(cache)
    clock.now += 0.49
    assert (await ask(cache)).body == b"run 1"
    await settle()
    clock.now += 0.51
    assert (await ask(cache)).body == b"run 3"


async def test_an_answer_is_as_old_as_the_departure_of_its_run() -> None:
    origin = Origin(gate=asyncio.Event())
    cache, clock = cached(origin)
    waiting = asyncio.create_task(ask(cache))
    await settle()
    clock.now += 1
    assert origin.gate is not None
    origin.gate.set()
    assert (await waiting).body == b"run 1"
    assert cache.stats.stores == 0
    assert (await ask(cache)).body == b"run 2"


@pytest.mark.parametrize(
    "headers",
    [
        (),
        [(b"cache-control", b"max-age=60")],
        [(b"cache-control", b"public")],
        [(b"cache-control", b"public, max-age=0")],
        [(b"cache-control", b"public, max-age=-1")],
        [(b"cache-control", b"public, max-age=soon")],
        [(b"cache-control", b"public, max-age=60, s-maxage=0")],
        [(b"cache-control", b"public, max-age=60"), (b"Cache-Control", b"no-store")],
        [(b"cache-control", b"public, private, max-age=60")],
        [(b"cache-control", b'public, no-cache="x", max-age=60')],
        COOKIE,
        [*PUBLIC, (b"vary", b"*")],
        [*PUBLIC, (b"vary", b"Accept-Encoding, Accept-Language")],
        [*PUBLIC, (b"content-encoding", b"zstd")],
        [*PUBLIC, (b"age", b"1")],
    ],
)
async def test_what_does_not_allow_it_is_never_stored_and_never_changed(headers: Headers) -> None:
    origin = Origin(headers=headers)
    cache, _ = cached(origin)
    for run in (1, 2, 3):
        reply = await ask(cache)
        assert reply.body == b"run %d" % run
        assert reply.headers == {name.decode(): value.decode() for name, value in headers}
    assert cache.stats.stores == 0


@pytest.mark.parametrize(
    "status", [201, 204, 206, 301, 304, 400, 401, 403, 404, 410, 422, 429, 500, 503]
)
async def test_only_a_200_is_stored(status: int) -> None:
    origin = Origin(status=status)
    cache, _ = cached(origin)
    assert [(await ask(cache)).body for _ in range(2)] == [b"run 1", b"run 2"]
    assert (cache.stats.stores, cache.stats.hits) == (0, 0)


@pytest.mark.parametrize(
    "directives", [b"PUBLIC,Max-Age=5", b"max-age=0, public, s-maxage=5", b'public, max-age="5"']
)
async def test_directives_are_read_in_any_case_and_order(directives: bytes) -> None:
    origin = Origin(headers=[(b"Cache-Control", directives)])
    cache, clock = cached(origin, refresh_after_s=60)
    await ask(cache)
    clock.now += 4.9
    assert (await ask(cache)).body == b"run 1"


@pytest.mark.parametrize(
    "header",
    [
        (b"authorization", b"Bearer ovp_1"),
        (b"cookie", b"a=b"),
        (b"range", b"bytes=0-1"),
        (b"if-match", b'"x"'),
        (b"content-length", b"3"),
    ],
)
async def test_a_request_for_one_client_alone_gets_nothing_stored_and_leaves_nothing(
    header: tuple[bytes, bytes],
) -> None:
    origin = Origin()
    cache, _ = cached(origin)
    assert (await ask(cache, headers=[header])).body == b"run 1"
    assert (await ask(cache)).body == b"run 2"
    assert (await ask(cache, headers=[header])).body == b"run 3"
    assert (await ask(cache)).body == b"run 2"
    assert header in origin.scopes[2]["headers"]


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS"])
async def test_other_methods_reach_the_application_every_time(method: str) -> None:
    origin = Origin()
    cache, _ = cached(origin)
    await ask(cache)
    assert (await ask(cache, method=method)).body == b"run 2"
    assert (await ask(cache, method=method)).body == b"run 3"


async def test_other_protocols_reach_the_application_as_they_are() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing(*_: Message) -> Any:
        raise AssertionError("not to be called")

    lifespan: Scope = {"type": "lifespan"}
    await MicroCache(app)(lifespan, nothing, nothing)
    assert seen[0] is lifespan


async def test_an_expired_path_is_made_anew_for_every_query_of_it_and_no_other_path() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    for query in (b"", b"since=1"):
        await ask(cache, path="/a", query=query)
    await ask(cache, path="/b")
    cache.expire(b"/a")
    bodies = [(await ask(cache, path="/a", query=query)).body for query in (b"", b"since=1")]
    assert bodies == [b"run 4", b"run 5"]
    assert (await ask(cache, path="/b")).body == b"run 3"


async def test_a_run_that_began_before_its_path_expired_is_neither_joined_nor_stored() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    origin.gate = asyncio.Event()
    early = asyncio.create_task(ask(cache))
    await settle()
    cache.expire(b"/feed")
    late = asyncio.create_task(ask(cache))
    await settle()
    assert origin.runs == 2
    origin.gate.set()
    assert ((await early).body, (await late).body) == (b"run 1", b"run 2")
    assert (await ask(cache)).body == b"run 2"
    assert origin.runs == 2
