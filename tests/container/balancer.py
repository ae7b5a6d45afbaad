"""A load balancer in front of containers: it spreads requests, says whom they are from, and drains."""

from collections.abc import MutableMapping
from typing import Any

import httpx

from tests.container.containers import Container
from tests.support.origin import Receive, Send

# Of one connection alone, which a proxy does not hand on.
OF_THE_CONNECTION = {b"connection", b"transfer-encoding", b"content-length", b"keep-alive"}


class Balancer:
    """An ASGI application that forwards to its targets in turn, over connections that it keeps."""

    def __init__(self, *targets: Container) -> None:
        self._targets = list(targets)
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        self._client = httpx.AsyncClient(timeout=30, limits=limits)
        self.under_way = dict.fromkeys((target.id for target in targets), 0)
        self.forwarded = dict.fromkeys(self.under_way, 0)

    def drain(self, target: Container) -> None:
        """Send a target nothing more; what it was sent, it may still answer."""
        self._targets.remove(target)

    async def close(self) -> None:
        """Close the connections to the targets."""
        await self._client.aclose()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = await self._forward(scope, body)
        headers = [each for each in answer.headers.raw if each[0].lower() not in OF_THE_CONNECTION]
        await send(
            {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": answer.content})

    async def _forward(self, scope: MutableMapping[str, Any], body: bytes) -> httpx.Response:
        target = self._targets[0]
        self._targets.append(self._targets.pop(0))
        headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
        headers.append((b"x-forwarded-for", scope["client"][0].encode()))
        address = f"{target.scheme}://127.0.0.1:{target.port}{scope['path']}"
        self.under_way[target.id] += 1
        self.forwarded[target.id] += 1
        try:
            return await self._client.request(
                scope["method"],
                address,
                params=scope["query_string"],
                headers=headers,
                content=body,
            )
        finally:
            self.under_way[target.id] -= 1
