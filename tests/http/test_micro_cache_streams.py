"""Responses that are not gathered: they stream to their own client, as without the cache."""

import asyncio

import pytest

from shared.http.micro_cache import MicroCache
from tests.support.origin import PUBLIC, Headers, Message, Receive, Scope, Send
from tests.support.origin import ask, http_scope, settle

PRIVATE: Headers = [(b"cache-control", b"no-store")]


class Unreadable(Exception):
    """What the application fails with here."""


class Stream:
    """Sends a chunk each time it is let, until the client goes away."""

    def __init__(self, headers: Headers = PRIVATE, chunk: bytes = b"tick") -> None:
        self.headers = headers
        self.chunk = chunk
        self.ticks = asyncio.Semaphore(0)
        self.end = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        ticking = asyncio.create_task(self._tick(send))
        try:
            self.end = (await receive())["type"]
        except asyncio.CancelledError:
            self.end = "cancelled"
            raise
        finally:
            ticking.cancel()

    async def _tick(self, send: Send) -> None:
        while True:
            await self.ticks.acquire()
            await send({"type": "http.response.body", "body": self.chunk, "more_body": True})


class Viewer:
    """A client that reads a stream of the cache."""

    def __init__(self, cache: MicroCache) -> None:
        self.messages: list[Message] = []
        self.gone = asyncio.Event()
        self._is_asked = False
        self.task = asyncio.create_task(cache(http_scope(), self._receive, self._send))

    async def _receive(self) -> Message:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.messages.append(message)


async def test_a_stream_reaches_its_client_chunk_by_chunk_and_sees_it_go() -> None:
    app = Stream()
    viewer = Viewer(MicroCache(app))
    await settle()
    assert [message["type"] for message in viewer.messages] == ["http.response.start"]
    app.ticks.release()
    await settle()
    assert viewer.messages[1:] == [
        {"type": "http.response.body", "body": b"tick", "more_body": True}
    ]
    viewer.gone.set()
    await viewer.task
    assert app.end == "http.disconnect"


async def test_cancelling_the_request_cancels_its_stream() -> None:
    app = Stream()
    viewer = Viewer(MicroCache(app))
    await settle()
    viewer.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await viewer.task
    assert app.end == "cancelled"


async def test_a_stream_whose_client_left_before_it_began_is_told_so() -> None:
    gate = asyncio.Event()
    stream = Stream()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await gate.wait()
        await stream(scope, receive, send)

    viewer = Viewer(MicroCache(app))
    await settle()
    viewer.task.cancel()
    await settle()
    gate.set()
    await settle()
    assert stream.end == "http.disconnect" and not viewer.messages


async def test_an_exception_within_a_stream_is_raised_to_its_client_alone() -> None:
    failures: list[Exception] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": PRIVATE})
        await settle()
        raise Unreadable

    cache = MicroCache(app, on_failure=failures.append)
    with pytest.raises(Unreadable):
        await ask(cache)
    assert failures == []


async def test_a_body_that_outgrows_its_share_is_streamed_and_not_stored() -> None:
    runs = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal runs
        runs += 1
        await send({"type": "http.response.start", "status": 200, "headers": PUBLIC})
        for _ in range(20):
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
        await send({"type": "http.response.body"})

    cache = MicroCache(app, max_bytes=80_000)
    replies = await asyncio.gather(ask(cache), ask(cache), ask(cache))
    assert {reply.body for reply in replies} == {b"x" * 20_000}
    assert (runs, cache.stats.stores) == (3, 0)


async def test_a_whole_body_that_outgrows_its_share_ends_where_it_ends() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": PUBLIC})
        await send({"type": "http.response.body", "body": b"x" * 20_000})

    assert (await ask(MicroCache(app, max_bytes=80_000))).body == b"x" * 20_000


async def test_a_response_with_trailers_is_not_stored() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": PUBLIC, "trailers": True}
        )
        await send({"type": "http.response.body", "body": b"x"})

    cache = MicroCache(app)
    assert (await ask(cache)).body == b"x"
    assert cache.stats.stores == 0


async def test_a_stored_body_may_come_in_chunks_and_with_extensions_between() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": PUBLIC})
        await send({"type": "http.response.debug", "info": {}})
        for chunk in (b"a", b"b"):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "more_body": False})

    reply = await ask(MicroCache(app))
    assert (reply.body, reply.headers["content-length"]) == (b"ab", "2")
