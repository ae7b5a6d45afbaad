"""One attendee's copy of the event, kept by the feed's rules as docs/api.md states them."""

from collections.abc import Mapping, Sequence
from typing import Any

_POLL_AFTER_S = 2.0


class Screen:
    """The latest of each thing, and what to ask for next. Values are shared: do not change them."""

    def __init__(self, event_id: str) -> None:
        """Begin with nothing: the first page is a snapshot."""
        self._path = f"/v1/events/{event_id}/changes"
        self._things: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._cursor = ""
        self._etag = ""
        self.poll_after_s = _POLL_AFTER_S

    @property
    def path(self) -> str:
        """What to get next."""
        return f"{self._path}?since={self._cursor}" if self._cursor else self._path

    @property
    def headers(self) -> Mapping[str, str]:
        """What to send with it, so that a quiet event answers 304."""
        return {"If-None-Match": self._etag} if self._etag else {}

    def apply(self, page: Mapping[str, Any], etag: str) -> Sequence[Mapping[str, Any]]:
        """Take in a page, and return the changes in it that are no deletions."""
        if page["reset"]:
            self._things.clear()
        for change in page["changes"]:
            key = (change["type"], change["id"])
            if change["data"] is None:
                self._things.pop(key, None)
            else:
                self._things[key] = change["data"]
        # An ETag is of an answer to one cursor: with another it says nothing.
        self._etag = etag if page["cursor"] == self._cursor else ""
        self._cursor = page["cursor"]
        self.poll_after_s = page["poll_after_ms"] / 1000
        return [change for change in page["changes"] if change["data"] is not None]

    def is_open(self, poll_id: str) -> bool:
        """Tell whether the poll is there and takes votes, as far as the screen knows."""
        poll = self._things.get(("poll", poll_id))
        return poll is not None and poll["status"] == "open"
