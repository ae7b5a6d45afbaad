"""Cursors: where in the feed a reader is. Opaque to clients."""

import re
from dataclasses import dataclass

from shared.feed.models import Audience

_PATTERN = re.compile(r"([0-9a-f]{1,8})-([ps])-([0-9]{1,18})", re.ASCII)
_LETTERS: dict[Audience, str] = {"public": "p", "staff": "s"}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A revision of one audience's feed, in one life (`epoch`) of the database."""

    epoch: int
    audience: Audience
    revision: int

    def __str__(self) -> str:
        return f"{self.epoch:x}-{_LETTERS[self.audience]}-{self.revision}"


def parse_cursor(since: str | None, audience: Audience) -> Cursor | None:
    """Return the cursor, or None for one that this audience was never given: it gets a snapshot."""
    match = _PATTERN.fullmatch(since or "")
    if match is None or match[2] != _LETTERS[audience]:
        return None
    return Cursor(epoch=int(match[1], 16), audience=audience, revision=int(match[3]))
