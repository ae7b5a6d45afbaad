"""ETags, 304s and encoded bodies of stored answers."""

import asyncio
import gzip
import sys
import types
from collections.abc import Iterator

import pytest

from shared.http import cached_response
from shared.http.cached_response import (
    ENCODERS,
    CachedResponse,
    accepted_coding,
    available_encoders,
)
from shared.http.micro_cache import MicroCache
from tests.support.origin import PUBLIC, Clock, Headers, Origin, Reply, ask, settle

JSON = b'{"changes": [' + b'{"type": "poll"}, ' * 200 + b"{}]}"
LARGE = JSON * 50
GZIP: Headers = [(b"accept-encoding", b"gzip, deflate")]


def tagged(tag: bytes) -> Headers:
    return [*PUBLIC, (b"etag", tag)]


async def ask_with(cache: MicroCache, *tags: str, accept: bytes = b"") -> Reply:
    condition = ", ".join(tags).encode()
    return await ask(cache, headers=[(b"if-none-match", condition), (b"accept-encoding", accept)])


@pytest.fixture
def brotli(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a preferred coding in the place of brotli, whether that is installed or not."""
    encoders = {"br": lambda body: b"br" + body[:100], "gzip": ENCODERS["gzip"]}
    monkeypatch.setattr(cached_response, "ENCODERS", encoders)
    accepted_coding.cache_clear()
    yield
    accepted_coding.cache_clear()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"", "identity"),
        (b"gzip", "gzip"),
        (b"GZIP", "gzip"),
        (b"x-gzip", "gzip"),
        (b"deflate, gzip;q=0.5", "gzip"),
        (b"gzip;q=0", "identity"),
        (b"gzip; q=0.0, *", "identity"),
        (b"*", "gzip"),
        (b"*;q=0", "identity"),
        (b"identity", "identity"),
        (b"gzip;q=high", "identity"),
        (b"gzip;level=9", "gzip"),
        (b"\xff\x00;;;,,=", "identity"),
    ],
)
def test_the_coding_is_one_that_the_client_accepts(
    monkeypatch: pytest.MonkeyPatch, accepted: bytes, coding: str
) -> None:
    monkeypatch.setattr(cached_response, "ENCODERS", {"gzip": ENCODERS["gzip"]})
    assert accepted_coding.__wrapped__(accepted) == coding


@pytest.mark.usefixtures("brotli")
def test_brotli_is_preferred_where_it_is_installed() -> None:
    assert accepted_coding(b"gzip, br") == "br"
    assert accepted_coding(b"gzip, br;q=0") == "gzip"


def test_brotli_is_used_exactly_where_it_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    assert list(available_encoders()) == ["gzip"]
    module = types.ModuleType("brotli")
    monkeypatch.setattr(module, "compress", lambda body, quality: b"%d" % quality, raising=False)
    monkeypatch.setitem(sys.modules, "brotli", module)
    assert list(available_encoders()) == ["br", "gzip"]
    assert available_encoders()["br"](b"body") == b"5"


async def test_a_strong_tag_of_the_application_is_kept() -> None:
    cache = MicroCache(Origin(headers=tagged(b'"v1"')))
    assert (await ask(cache)).headers["etag"] == '"v1"'


@pytest.mark.parametrize("headers", [PUBLIC, tagged(b'W/"v1"'), tagged(b"v1")])
async def test_otherwise_the_tag_is_strong_and_of_the_bytes(headers: Headers) -> None:
    tags = [
        (await ask(MicroCache(Origin(headers=headers, body=body)))).headers["etag"]
        for body in (b"a", b"a", b"b")
    ]
    assert tags[0] == tags[1] != tags[2]
    assert tags[0].startswith('"')


@pytest.mark.parametrize(
    "condition",
    [
        '"v1"',
        'W/"v1"',
        '"v0", "v1"',
        '"v0" ,W/"v1","v2"',
        "*",
        " * ",
        '"a,b", "v1"',
        '"v1',
        '"v1-gzip"',
    ],
)
async def test_if_none_match_is_a_list_that_is_compared_weakly(condition: str) -> None:
    cache = MicroCache(Origin(headers=tagged(b'"v1"')))
    whole = await ask(cache)
    reply = await ask_with(cache, condition)
    if condition in ('"v1', '"v1-gzip"'):
        assert (reply.status, reply.body) == (200, whole.body)
        return
    assert (reply.status, reply.body) == (304, b"")
    for name in ("etag", "cache-control", "vary"):
        assert reply.headers[name] == whole.headers[name]
    assert reply.headers.keys().isdisjoint({"content-type", "content-length", "content-encoding"})
    assert cache.stats.not_modified == 1


async def test_a_304_tells_a_browser_of_another_origin_as_much_as_a_200() -> None:
    allowed = (b"access-control-allow-origin", b"https://a.example")
    cache = MicroCache(Origin(headers=[*tagged(b'"v1"'), allowed]))
    reply = await ask_with(cache, '"v1"')
    assert reply.headers["access-control-allow-origin"] == "https://a.example"


async def test_the_answer_to_a_miss_and_to_those_waiting_can_be_a_304() -> None:
    cache = MicroCache(Origin(headers=tagged(b'"v1"')))
    replies = await asyncio.gather(*[ask_with(cache, '"v1"') for _ in range(3)])
    assert [reply.status for reply in replies] == [304] * 3


@pytest.mark.parametrize("body", [JSON, LARGE])
async def test_a_body_is_encoded_once_and_its_tag_differs(
    monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    encoded = 0

    def count(plain: bytes) -> bytes:
        nonlocal encoded
        encoded += 1
        return gzip.compress(plain)

    monkeypatch.setitem(ENCODERS, "gzip", count)
    cache = MicroCache(Origin(headers=tagged(b'"v1"'), body=body))
    plain = await ask(cache)
    replies = await asyncio.gather(*[ask(cache, headers=GZIP) for _ in range(3)])
    replies.append(await ask(cache, headers=GZIP))
    for reply in replies:
        assert gzip.decompress(reply.body) == plain.body == body
        assert reply.headers["content-encoding"] == "gzip"
        assert reply.headers["content-length"] == str(len(reply.body))
        assert (reply.headers["etag"], plain.headers["etag"]) == ('"v1-gzip"', '"v1"')
        assert reply.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers
    assert encoded == 1


async def test_each_encoding_has_its_own_tag_and_each_is_known() -> None:
    cache = MicroCache(Origin(headers=tagged(b'"v1"'), body=JSON))
    for tags, accept, expected in [
        (['"v1-gzip"'], b"gzip", '"v1-gzip"'),
        (['"v1"'], b"gzip", '"v1"'),
        (['"v1-gzip"'], b"", '"v1-gzip"'),
        (['"v1"', 'W/"v1-gzip"'], b"gzip", '"v1-gzip"'),
        (['"v1"', '"v1-gzip"'], b"", '"v1"'),
        (["*"], b"gzip", '"v1-gzip"'),
    ]:
        reply = await ask_with(cache, *tags, accept=accept)
        assert (reply.status, reply.headers["etag"]) == (304, expected)
    assert (await ask_with(cache, '"v1-br"', '"v0"', accept=b"gzip")).status == 200


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (PUBLIC, b"x" * 1023),
        ([PUBLIC[0], (b"content-type", b"image/png")], JSON),
        ([PUBLIC[0]], JSON),
        ([(b"cache-control", b"public, max-age=1, no-transform"), PUBLIC[1]], JSON),
    ],
)
async def test_small_opaque_and_untouchable_bodies_stay_as_they_are(
    headers: Headers, body: bytes
) -> None:
    reply = await ask(MicroCache(Origin(headers=headers, body=body)), headers=GZIP)
    assert reply.body == body and "content-encoding" not in reply.headers
    assert not reply.headers["etag"].endswith('-gzip"')


async def test_a_body_that_encoding_would_not_shorten_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ENCODERS, "gzip", lambda body: body + b"!")
    cache = MicroCache(Origin(body=JSON))
    for _ in range(2):
        reply = await ask(cache, headers=GZIP)
        assert reply.body == JSON and "content-encoding" not in reply.headers


async def test_a_refresh_that_changes_nothing_keeps_the_encoded_body(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    origin, clock = Origin(body=JSON), Clock()
    cache = MicroCache(origin, clock=clock)
    first = await ask(cache, headers=GZIP)
    monkeypatch.delitem(ENCODERS, "gzip")
    clock.now += 0.3
    await ask(cache, headers=GZIP)
    await settle()
    assert (await ask(cache, headers=GZIP)).body == first.body
    assert (origin.runs, cache.stats.hits) == (2, 1)


async def test_an_answer_too_old_to_be_stored_is_encoded_and_leaves_nothing() -> None:
    origin, clock = Origin(body=JSON, gate=asyncio.Event()), Clock()
    cache = MicroCache(origin, clock=clock)
    waiting = asyncio.create_task(ask(cache, headers=GZIP))
    await settle()
    clock.now += 1
    assert origin.gate is not None
    origin.gate.set()
    assert gzip.decompress((await waiting).body) == JSON
    assert cache.stored_bytes == 0


def test_the_same_body_is_encoded_to_the_same_bytes() -> None:
    # The time in the header of a gzip stream.
    assert ENCODERS["gzip"](JSON)[4:8] == bytes(4)
    assert CachedResponse(PUBLIC, JSON).encode("gzip") == CachedResponse(PUBLIC, JSON).encode(
        "gzip"
    )
