"""What the micro-cache keeps: which responses it may, and one of them ready to be sent again.

Pure rules and values: no clock, no waiting, and nothing of this project, so that it could stand alone.
"""

import gzip
import importlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

from shared.http.answer import Answer, Header

# Below this, what gzip saves does not pay for itself.
MIN_ENCODED_BYTES = 1024
# What the objects around the bytes of one response take, measured with tracemalloc.
OVERHEAD_BYTES = 4096

# The same for everyone who asks for this path, whoever they are; others may depend on who asked first.
_SHAREABLE_ERRORS = frozenset({404, 410, 422, 500, 502, 503, 504})
_NEVER_KEPT = frozenset({b"set-cookie", b"content-encoding", b"content-range", b"age", b"trailer"})
_KEYED_VARY = frozenset({b"accept-encoding"})
# Of one response or one connection; length, ETag and Vary are written anew.
_DROPPED = frozenset(
    b"x-request-id date server connection keep-alive transfer-encoding upgrade "
    b"content-length etag vary".split()
)
_NOT_IN_304 = frozenset(b"content-type content-language last-modified".split())
_ENTITY_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_COMPRESSIBLE = re.compile(rb"text/|application/(?:[\w.+-]*json|javascript|xml)|image/svg\+xml")


def storable_seconds(status: int, headers: Sequence[Header]) -> float:
    """Return for how many seconds the response may be kept: 0 when not at all."""
    directives = _cache_directives(headers)
    if status != 200 or "public" not in directives or not _is_the_same_for_all(headers):
        return 0
    if not directives.keys().isdisjoint({"private", "no-store", "no-cache"}):
        return 0
    seconds = directives.get("s-maxage", directives.get("max-age", ""))
    return int(seconds) if seconds.isdecimal() else 0


def is_shareable_error(status: int, headers: Sequence[Header]) -> bool:
    """Tell whether those who wait for this error may have it too.

    `no-store` does not forbid it: nothing is stored, and they all asked before it was made.
    """
    private = "private" in _cache_directives(headers)
    return status in _SHAREABLE_ERRORS and not private and _is_the_same_for_all(headers)


def make_answer(status: int, headers: Iterable[Header], body: bytes) -> Answer:
    """Return the response without what belongs to one request or one connection."""
    kept = [(name, value) for name, value in _lowered(headers) if name not in _DROPPED]
    return Answer(status, (*kept, _length(body)), body)


@lru_cache(maxsize=256)
def accepted_coding(accept_encoding: bytes) -> str:
    """Return the coding to answer with: "br" (where brotli is installed), "gzip" or "identity"."""
    weights: dict[str, float] = {}
    for candidate in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, parameter = candidate.partition(";")
        weights[coding.strip().removeprefix("x-")] = _weight(parameter)
    for coding in ENCODERS:
        if weights.get(coding, weights.get("*", 0)) > 0:
            return coding
    return "identity"


class CachedResponse:
    """A stored response: its encodings, each made once, and its 304s, all ready to be sent."""

    __slots__ = (
        "cost",
        "expires_at",
        "fresh_until",
        "identity",
        "scope_keys",
        "_answers",
        "_bare",
        "_not_modified",
        "_tag",
    )

    def __init__(
        self, headers: Sequence[Header], body: bytes, scope_keys: Mapping[str, Any] | None = None
    ) -> None:
        """Make it from a 200; `scope_keys` are what its own run put on the scope."""
        headers = _lowered(headers)
        self.fresh_until = self.expires_at = 0.0
        self.scope_keys = scope_keys or {}
        self._tag = _strong_tag(headers, body)
        self._bare = (
            *((name, value) for name, value in headers if name not in _DROPPED),
            (b"vary", b"Accept-Encoding"),
        )
        self.identity = self._answer("identity", body)
        self._answers = {"identity": self.identity}
        codings = ["identity"]
        if _is_compressible(headers, body):
            codings += ENCODERS
        else:
            self._answers |= dict.fromkeys(ENCODERS, self.identity)
        self._not_modified = self._prepare_not_modified(codings)
        in_headers = sum(len(name) + len(value) for name, value in self.identity.headers)
        self.cost = OVERHEAD_BYTES + in_headers + len(body)

    def answer(self, coding: str, if_none_match: bytes | None) -> Answer | None:
        """Return what to send, or None while the body is not there in that coding."""
        if if_none_match is not None:
            # A client sends back the tag that it got, as it got it: one look-up, no parsing.
            unchanged = self._not_modified.get(if_none_match) or self._match(coding, if_none_match)
            if unchanged is not None:
                return unchanged
        return self._answers.get(coding)

    def encode(self, coding: str) -> Answer:
        """Return the answer in `coding`, where that is shorter; touches nothing, so any thread may."""
        encoded = ENCODERS[coding](self.identity.body)
        if len(encoded) >= len(self.identity.body):
            return self.identity
        return self._answer(coding, encoded)

    def keep(self, coding: str, answer: Answer) -> None:
        """Remember the answer in `coding`."""
        self._answers[coding] = answer
        if answer is not self.identity:
            self.cost += len(answer.body)

    def is_same_as(self, other: "CachedResponse") -> bool:
        """Tell whether both are the same bytes and headers, so that the encodings hold."""
        return self.identity == other.identity

    def _answer(self, coding: str, body: bytes) -> Answer:
        extra: list[Header] = [(b"etag", self._tag_of(coding)), _length(body)]
        if coding != "identity":
            extra.append((b"content-encoding", coding.encode()))
        return Answer(200, (*self._bare, *extra), body)

    def _prepare_not_modified(self, codings: Iterable[str]) -> dict[bytes, Answer]:
        kept = [header for header in self._bare if header[0] not in _NOT_IN_304]
        prepared: dict[bytes, Answer] = {}
        for coding in codings:
            tag = self._tag_of(coding)
            unchanged = Answer(304, (*kept, (b"etag", tag)), b"")
            prepared |= {tag: unchanged, b"W/" + tag: unchanged}
        return prepared

    def _match(self, coding: str, if_none_match: bytes) -> Answer | None:
        own = self._tag_of(coding)
        if if_none_match.strip() == b"*":
            return self._not_modified.get(own) or self._not_modified[self._tag]
        given = _ENTITY_TAG.findall(if_none_match)
        for tag in [own] if own in given else given:
            if tag in self._not_modified:
                return self._not_modified[tag]
        return None

    def _tag_of(self, coding: str) -> bytes:
        if coding == "identity":
            return self._tag
        return self._tag[:-1] + b"-" + coding.encode() + b'"'


def _lowered(headers: Iterable[Header]) -> list[Header]:
    return [(bytes(name).lower(), bytes(value)) for name, value in headers]


def _values(headers: Iterable[Header], wanted: bytes) -> list[bytes]:
    joined = b",".join(value for name, value in headers if name.lower() == wanted)
    return [value.strip() for value in joined.lower().split(b",") if value.strip()]


def _cache_directives(headers: Iterable[Header]) -> dict[str, str]:
    directives = {}
    for directive in _values(headers, b"cache-control"):
        name, _, value = directive.decode("latin-1").partition("=")
        directives[name.strip()] = value.strip().strip('"')
    return directives


def _is_the_same_for_all(headers: Sequence[Header]) -> bool:
    names = {name.lower() for name, _ in headers}
    return names.isdisjoint(_NEVER_KEPT) and _KEYED_VARY.issuperset(_values(headers, b"vary"))


def _strong_tag(headers: Iterable[Header], body: bytes) -> bytes:
    given = dict(headers).get(b"etag", b"")
    if re.fullmatch(rb'"[^"]*"', given):
        return given
    return b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode()


def _length(body: bytes) -> Header:
    return b"content-length", b"%d" % len(body)


def _is_compressible(headers: Sequence[Header], body: bytes) -> bool:
    kind = dict(headers).get(b"content-type", b"").lower()
    untouchable = "no-transform" in _cache_directives(headers)
    return len(body) >= MIN_ENCODED_BYTES and not untouchable and bool(_COMPRESSIBLE.match(kind))


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1
    try:
        return float(value)
    except ValueError:
        return 0


def _gzip(body: bytes) -> bytes:
    # No time in it: the same body is the same bytes, as a strong ETag promises.
    return gzip.compress(body, compresslevel=6, mtime=0)


def available_encoders() -> dict[str, Callable[[bytes], bytes]]:
    """Return what encodes a body, by coding, in the order of preference."""
    encoders: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzip}
    try:
        brotli = importlib.import_module("brotli")
    except ImportError:
        return encoders
    return {"br": partial(brotli.compress, quality=5), **encoders}


ENCODERS = available_encoders()
