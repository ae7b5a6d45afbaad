"""An answer as a server writes it: with the headers that every answer has, and its request's id."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from shared.http.answer import Answer, Header

_SECURITY_HEADERS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
# Where the endpoint says nothing else: an answer to one caller is no cache's to keep.
_UNLESS_GIVEN: tuple[Header, ...] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class WholeAnswer(NamedTuple):
    """An answer whose header lines are one piece of bytes, as they are written in HTTP/1.1."""

    status: int
    header_lines: bytes
    body: bytes


def whole_answer(answer: Answer, identifier: str) -> WholeAnswer:
    """Return the answer to the request of this id as it is written."""
    lines = _answers_lines(answer.headers) + header_lines((_id_header(identifier),))
    return WholeAnswer(answer.status, lines, answer.body)


def whole_headers(headers: tuple[Header, ...], identifier: str) -> list[Header]:
    """Return an answer's headers with those that every answer has."""
    return [*_with_standing_headers(headers), _id_header(identifier)]


def header_lines(headers: Sequence[Header]) -> bytes:
    """Return headers as they are written in HTTP/1.1."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _id_header(identifier: str) -> Header:
    return b"x-request-id", identifier.encode()


@lru_cache(maxsize=1_024)
def _answers_lines(headers: tuple[Header, ...]) -> bytes:
    return header_lines(_with_standing_headers(headers))


# A cached answer brings the same tuple each time: what is added to it is worked out once.
@lru_cache(maxsize=1_024)
def _with_standing_headers(headers: tuple[Header, ...]) -> list[Header]:
    given = {name for name, _ in headers}
    added = [header for header in _UNLESS_GIVEN if header[0] not in given]
    return [*headers, *_SECURITY_HEADERS, *added]
