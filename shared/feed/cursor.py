"""Cursors: where in the feed a reader is. Opaque to clients."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from shared.feed.values import Audience

# Each number in the one way in which it is written: with a zero before it, it is none of ours.
_PATTERN = re.compile(r"(0|[1-9a-f][0-9a-f]{0,7})-([ps])-(0|[1-9][0-9]{0,17})", re.ASCII)
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


# Longer ones are nobody's: they are read each time, and not kept.
_KEPT_LENGTH = 200


def canonical_query(path: bytes | str, query: bytes) -> bytes:
    """Return the part of a request's query that a public answer depends on.

    Of the feed that is the cursor, if it is one: no parameter that a client adds, and no cursor that
    it makes up, is another answer. Every other path keeps its query.
    """
    is_feed = path.endswith(b"/changes") if isinstance(path, bytes) else path.endswith("/changes")
    if not is_feed:
        return query
    return _kept_feed_query(query) if len(query) <= _KEPT_LENGTH else _feed_query(query)


def asks_for_public_feed(path: str, query: bytes) -> bool:
    """Tell whether a request is for a public feed, whatever cursor it has."""
    return path.endswith("/changes") and _is_public(_parameters(query))


def _parameters(query: bytes) -> dict[str, str]:
    # Of a parameter that is repeated the last counts, as for the application.
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def _is_public(parameters: Mapping[str, str]) -> bool:
    return parameters.get("audience", "public") == "public"


def _feed_query(query: bytes) -> bytes:
    given = _parameters(query)
    if not _is_public(given):
        return query
    cursor = parse_cursor(given.get("since"), "public")
    return b"" if cursor is None else b"since=" + str(cursor).encode()


_kept_feed_query = lru_cache(maxsize=4_096)(_feed_query)
