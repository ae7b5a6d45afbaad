"""The host: makes the rehearsal's event, leads through it, reads what came of it, and erases it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from scripts.rehearsal.failures import NoAnswer, RehearsalFailed
from scripts.rehearsal.hall import pause
from scripts.rehearsal.http_client import Answer, Client, Traffic
from scripts.rehearsal.origin import Origin

_PATIENCE_S = 30.0
_PASSING = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Deployment:
    """What the deployment says of itself."""

    version: str
    offers_reactions: bool


class Host:
    """The organizer's calls; each is tried again while the deployment is busy or away."""

    def __init__(self, origin: Origin, key: str) -> None:
        """Call with this organizer key."""
        self._client = Client(origin, Traffic())
        self._headers = {"Authorization": f"Bearer {key}"}
        self._url = origin.target.url

    async def look_around(self) -> Deployment:
        """Return what the deployment is; raise `RehearsalFailed` when it is none that takes requests."""
        try:
            ready = await self._client.send("GET", "/health/ready", {})
            document = await self._client.send("GET", "/v1/openapi.json", {})
        except NoAnswer as failure:
            raise RehearsalFailed(f"{self._url} does not answer: {failure}") from None
        described = document.json if document.status == 200 else None
        if not isinstance(described, dict) or "/v1/join" not in described.get("paths", {}):
            raise RehearsalFailed(f"{self._url} answers, but is no deployment of Ovation")
        if ready.status != 200:
            checks = ready.json.get("checks", {}) if isinstance(ready.json, dict) else {}
            failed = ", ".join(name for name, state in checks.items() if state != "ok")
            raise RehearsalFailed(f"{self._url} is not ready: {failed or ready.status}")
        return Deployment(
            version=str(described["info"]["version"]),
            offers_reactions="/v1/events/{event_id}/reactions" in described["paths"],
        )

    @asynccontextmanager
    async def event(self) -> AsyncIterator[Mapping[str, Any]]:
        """Make an event that is live, and erase it whatever happens."""
        title = f"Dress rehearsal of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        making = asyncio.ensure_future(self._create({"title": title}))
        try:
            # Whoever stops us now must not leave an event that nobody knows of.
            event = await asyncio.shield(making)
            yield await self.call("PATCH", f"/v1/events/{event['id']}", {"status": "live"})
        finally:
            if not making.done() or making.exception() is None:
                await self._erase((await making)["id"])

    async def _create(self, body: Mapping[str, Any]) -> Any:
        return await self.call("POST", "/v1/events", body)

    async def _erase(self, event_id: str) -> None:
        path = f"/v1/events/{event_id}"
        try:
            await self.call("DELETE", path, gone_is_fine=True)
        except RehearsalFailed as failure:
            raise RehearsalFailed(
                f"the event is NOT erased ({failure}); later, DELETE {self._url}{path} with the key"
            ) from None

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        gone_is_fine: bool = False,
    ) -> Any:
        """Return the answer's JSON; raise `RehearsalFailed` when it is refused, or not answered in 30 s."""
        encoded = None if body is None else json.dumps(body).encode()
        # A POST may be sent twice by this only; everything else says how things shall be.
        once = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        give_up_at = time.perf_counter() + _PATIENCE_S
        while True:
            answer: Answer | None = None
            reason = ""
            try:
                answer = await self._client.send(method, path, {**self._headers, **once}, encoded)
            except NoAnswer as failure:
                reason = f"no answer: {failure}"
            if answer is not None:
                if answer.status < 300 or (gone_is_fine and answer.status == 404):
                    return answer.json
                reason = f"{answer.status} {answer.code}".strip()
                if answer.status == 401:
                    raise RehearsalFailed(f"{self._url} refuses the organizer key ({reason})")
            is_passing = answer is None or answer.status in _PASSING
            if not is_passing or time.perf_counter() > give_up_at:
                raise RehearsalFailed(f"{method} {path}: {reason}")
            await pause(answer)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
