"""What of a request a stored answer may depend on, and what of an answer is kept."""

from typing import Any

from shared.http.micro_cache import MicroCache
from tests.support.origin import PUBLIC, Clock, Headers, Message, Origin, Receive, Scope, Send
from tests.support.origin import ask, http_scope


def cached(origin: Any, **options: Any) -> tuple[MicroCache, Clock]:
    clock = Clock()
    return MicroCache(origin, clock=clock, **options), clock


async def test_path_query_host_and_origin_each_have_their_own_answer() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    requests: list[dict[str, Any]] = [
        {},
        {"path": "/other"},
        {"query": b"since=1"},
        {"query": b"since=2"},
        {"raw_path": b"/%66eed"},
        {"headers": [(b"origin", b"https://a.example")]},
        {"headers": [(b"origin", b"https://b.example")]},
        {"headers": [(b"host", b"b.example")]},
    ]
    made = [(await ask(cache, **request)).body for request in requests]
    assert (await ask(cache, headers=[(b"user-agent", b"any")])).body == made[0]
    assert len(set(made)) == len(requests)
    assert [(await ask(cache, **request)).body for request in requests] == made


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


async def test_one_origin_is_never_given_the_permission_of_another() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        allowed = dict(scope["headers"]).get(b"origin")
        headers = [*PUBLIC]
        if allowed is not None:
            # As Starlette does it: no Vary where the request has no Origin.
            headers += [(b"access-control-allow-origin", allowed), (b"vary", b"Origin")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"same"})

    cache, _ = cached(app)
    for _ in range(2):
        assert "access-control-allow-origin" not in (await ask(cache)).headers
        for name in ("https://a.example", "https://b.example"):
            reply = await ask(cache, headers=[(b"origin", name.encode())])
            assert reply.headers["access-control-allow-origin"] == name
            assert reply.headers["vary"] == "Accept-Encoding, Origin"


async def test_of_a_repeated_header_key_and_application_see_the_same_one() -> None:
    origin = Origin()
    cache, _ = cached(origin)
    evil, good = (b"origin", b"https://evil.example"), (b"origin", b"https://good.example")
    await ask(cache, headers=[evil, good])
    assert [value for name, value in origin.scopes[0]["headers"] if name == b"origin"] == [good[1]]
    assert (await ask(cache, headers=[good])).body == b"run 1"
    assert (await ask(cache, headers=[evil])).body == b"run 2"


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
