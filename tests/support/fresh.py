"""Reading the public feed as it is now, whatever caches hold."""

from dataclasses import dataclass

from tests.support.api import FeedReader, Json
from tests.support.feed import read_page


@dataclass
class FreshReader(FeedReader):
    """A reader of the public feed that no cache answers: it shows a credential."""

    async def poll(self) -> list[Json]:
        """Apply what changed, page after page; return it."""
        applied: list[Json] = []
        more = True
        while more:
            page = await read_page(self.api, self.event, self.cursor)
            self.apply(page)
            applied += page["changes"]
            more = page["more"]
        return applied
