"""What of a request a stored answer may depend on, and what of an answer is kept."""

from typing import Any

from shared.http.micro_cache import MicroCache
from tests.support.origin import PUBLIC, Clock, Headers, Message, Origin, Receive, Scope, Send
from tests.support.origin import ask, http_scope


def cached(origin: Any, **options: Any) -> tuple[MicroCache, Clock]:
    clock = Clock()
    return MicroCache(origin, clock=clock, **options), clock


async def test_path_and_query_each_have_their_own_answer() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    requests: list[dict[str, Any]] = [
        {},
        {"path": "/other"},
        {"query": b"since=1"},
        {"query": b"since=2"},
        {"raw_path": b"/%66eed"},
    ]
    made = [(await ask(cache, **request)).body for request in requests]
    assert (await ask(cache, headers=[(b"user-agent", b"any")])).body == made[0]
    assert len(set(made)) == len(requests)
    assert [(await ask(cache, **request)).body for request in requests] == made


async def test_no_host_and_no_origin_is_another_answer_or_reaches_the_application() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    for name in (b"host", b"origin"):
        for value in (b"https://a.example", b"https://b.example"):
            assert (await ask(cache, headers=[(name, value)])).body == b"run 1"
    assert {b"host", b"origin"}.isdisjoint(dict(origin.scopes[0]["headers"]))


async def test_the_answer_depends_on_the_canonical_query_and_the_application_sees_no_other() -> (
    None
):
    origin = Origin()

    def canonical_query(path: bytes | str, query: bytes) -> bytes:
        return query if path == b"/other" else query.partition(b"&")[0]

    cache, _ = cached(origin, canonical_query=canonical_query)
    for query in (b"since=1", b"since=1&a=1", b"since=1&a=2"):
        assert (await ask(cache, query=query)).body == b"run 1"
    assert origin.scopes[0]["query_string"] == b"since=1"
    for query in (b"since=1&a=1", b"since=1&a=2"):
        await ask(cache, path="/other", query=query)
    assert origin.runs == 3


async def test_without_a_raw_path_the_path_is_the_key() -> None:
    cache, _ = cached(Origin())
    bodies = []
    for path in ("/a", "/b", "/a"):
        scope = http_scope(path)
        del scope["raw_path"]

        async def app(_: Scope, receive: Receive, send: Send) -> None:
            await cache(scope, receive, send)

        bodies.append((await ask(app)).body)
    assert bodies == [b"run 1", b"run 2", b"run 1"]


async def test_an_answer_for_one_origin_is_not_stored() -> None:
    origin = Origin(headers=[*PUBLIC, (b"vary", b"Origin")])
    cache, _ = cached(origin)
    assert [(await ask(cache)).body for _ in range(2)] == [b"run 1", b"run 2"]


async def test_what_belongs_to_one_response_or_connection_is_not_stored() -> None:
    own: Headers = [(b"X-Request-Id", b"1"), (b"date", b"now"), (b"connection", b"close")]
    cache, _ = cached(Origin(headers=[*PUBLIC, *own, (b"x-kept", b"yes")]))
    for _ in range(2):
        reply = await ask(cache)
        assert reply.headers.keys().isdisjoint({"x-request-id", "date", "connection"})
        assert reply.headers["x-kept"] == "yes"


async def test_a_layer_outside_that_changes_headers_does_not_change_the_stored_ones() -> None:
    cache, _ = cached(Origin())

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", scope["client"])]
            await send(message)

        await cache(scope, receive, send_more)

    for client in (b"1", b"2"):
        reply = await ask(outer, client=client)
        assert reply.headers["x-request-id"] == client.decode()
    assert "x-request-id" not in (await ask(cache)).headers


async def test_what_routing_puts_on_the_scope_is_there_for_stored_answers_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = "get_changes"
        await Origin()(scope, receive, send)

    cache, _ = cached(app, scope_keys=["route", "absent"])
    for _ in range(2):
        scope = (await ask(cache)).scope
        assert scope["route"] == "get_changes" and "absent" not in scope


async def test_a_run_has_a_scope_of_its_own() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    state = {"request_id": "1"}
    await ask(
        cache, state=state, headers=[(b"if-none-match", b'"x"'), (b"accept-encoding", b"gzip")]
    )
    scope = origin.scopes[0]
    assert scope["state"] == state and scope["state"] is not state
    assert {b"if-none-match", b"accept-encoding"}.isdisjoint(dict(scope["headers"]))
