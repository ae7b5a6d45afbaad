"""Clients of the feed that lose, repeat and confuse responses."""

from dataclasses import dataclass, field

from tests.support.api import Api, FeedReader, Json


@dataclass
class ClumsyClient:
    """Polls one audience's feed; `received` are all the responses that it ever got."""

    reader: FeedReader
    audience: str
    credential: str | None
    received: list[Json] = field(default_factory=list)

    @classmethod
    def of(cls, api: Api, event: Json, audience: str, credential: str | None) -> "ClumsyClient":
        """Return a client that has read nothing yet."""
        return cls(FeedReader(api, event), audience, credential)

    async def poll(self, fate: str) -> bool:
        """Ask for what follows the cursor; the response is applied, applied twice or lost.

        Return whether there is more.
        """
        reader = self.reader
        params = {"audience": self.audience}
        if reader.cursor is not None:
            params["since"] = reader.cursor
        path = f"/v1/events/{reader.event['id']}/changes"
        response = await reader.api.call("GET", path, self.credential, params=params)
        assert response.status_code == 200, response.text
        page: Json = response.json()
        self.received.append(page)
        for _ in range({"applied": 1, "twice": 2, "lost": 0}[fate]):
            reader.apply(page)
        return bool(page["more"])

    def apply_again(self, choice: int) -> None:
        """Apply one of the responses received so far, as if it had been on the way until now."""
        if self.received:
            self.reader.apply(self.received[choice % len(self.received)])

    async def catch_up(self) -> None:
        """Poll until there is nothing more."""
        while await self.poll("applied"):
            pass
