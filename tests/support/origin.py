"""An ASGI application to put layers around, a client that asks them, and a clock that tests turn."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]

PUBLIC: Headers = ((b"cache-control", b"public, max-age=1"), (b"content-type", b"application/json"))


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Origin:
    """Answers as its attributes say at the moment; unless `body` is given, with the number of the run."""

    status: int = 200
    headers: Headers = PUBLIC
    body: bytes | None = None
    error: Exception | None = None
    gate: asyncio.Event | None = None
    scopes: list[Scope] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    @property
    def runs(self) -> int:
        return len(self.scopes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        body = b"run %d" % self.runs if self.body is None else self.body
        status, headers, error = self.status, self.headers, self.error
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.running -= 1
        if error is not None:
            raise error
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})


@dataclass
class Reply:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes
    scope: Scope


def http_scope(
    path: str = "/feed", query: bytes = b"", headers: Headers = (), **more: Any
) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [(b"host", b"live.example"), *headers],
        **more,
    }


async def ask(
    app: App, path: str = "/feed", query: bytes = b"", headers: Headers = (), **more: Any
) -> Reply:
    """Send one request whose client stays until the end, and return the whole answer."""
    scope = http_scope(path, query, headers, **more)
    messages: list[Message] = []
    pending: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return pending.pop() if pending else await asyncio.Future()

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start, *rest = messages
    assert rest and not rest[-1].get("more_body")
    return Reply(
        status=start["status"],
        headers={name.decode(): value.decode() for name, value in start["headers"]},
        body=b"".join(message.get("body", b"") for message in rest),
        scope=scope,
    )


async def settle() -> None:
    """Let everything that can go on without a gate or a clock go on."""
    for _ in range(20):
        await asyncio.sleep(0)
