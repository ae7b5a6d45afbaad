"""Cursors: what was given is understood again, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.feed.cursor import Cursor, canonical_query, parse_cursor
from shared.feed.values import Audience

AUDIENCES: st.SearchStrategy[Audience] = st.sampled_from(["public", "staff"])
CURSORS = st.builds(
    Cursor,
    epoch=st.integers(0, 2**31 - 1),
    audience=AUDIENCES,
    revision=st.integers(0, 10**18 - 1),
)


@given(CURSORS)
def test_a_cursor_comes_back_as_it_was_given(cursor: Cursor) -> None:
    assert parse_cursor(str(cursor), cursor.audience) == cursor


@given(CURSORS)
def test_a_cursor_of_one_audience_is_none_of_the_others(cursor: Cursor) -> None:
    other: Audience = "staff" if cursor.audience == "public" else "public"
    assert parse_cursor(str(cursor), other) is None


@given(st.text(), AUDIENCES)
def test_any_text_is_a_cursor_that_we_could_have_written_or_none(
    text: str, audience: Audience
) -> None:
    cursor = parse_cursor(text, audience)
    # So what reaches the database is in range, whatever was sent.
    assert cursor is None or (cursor.epoch < 2**32 and cursor.revision < 2**63)


@given(st.from_regex(r"\A[0-9a-f]{1,8}-p-[0-9]{1,18}\Z"))
def test_a_text_is_a_cursor_only_in_the_one_way_in_which_we_write_it(text: str) -> None:
    cursor = parse_cursor(text, "public")
    assert cursor is None or str(cursor) == text


@given(st.from_regex(r"\A[0-9a-f]{1,9}-[ps]-[0-9]{1,20}\Z"), AUDIENCES)
def test_what_looks_like_a_cursor_never_reaches_beyond_its_ranges(
    text: str, audience: Audience
) -> None:
    cursor = parse_cursor(text, audience)
    assert cursor is None or (cursor.epoch < 2**32 and cursor.revision < 2**63)


@pytest.mark.parametrize(
    "text",
    [None, "", "1-p-2 ", " 1-p-2", "1-p-2\n", "1-p--2", "1-p-+2", "1-p-1_0", "1-P-2", "A-p-2"]
    + ["1-p-²", "1-p-٣", "0x1-p-2", "1-p-2-3", "1-p-", "-p-1", "1--1", "123456789-p-1"]
    + ["1-p-02", "1-p-00", "01-p-2", "00-p-2", "001-p-002"],
)
def test_what_was_never_given_is_no_cursor(text: str | None) -> None:
    assert parse_cursor(text, "public") is None


FEED = b"/v1/events/0197f6a0-c0de-7000-8000-000000000001/changes"


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        (b"since=1-p-2", b"since=1-p-2"),
        (b"audience=public&since=1-p-2", b"since=1-p-2"),
        (b"since=1-p-2&utm_source=poster", b"since=1-p-2"),
        (b"since=1-p-1&since=1-p-2", b"since=1-p-2"),
        (b"since=1-p-02", b""),
        (b"since=01-p-2", b""),
        (b"since=1%2Dp%2D2", b"since=1-p-2"),
        (b"since=1-s-2", b""),
        (b"since=made-up", b""),
        (b"since=", b""),
        (b"x=" + b"y" * 5_000 + b"&since=1-p-2", b"since=1-p-2"),
        (b"\xff&&=&;%zz", b""),
        (b"audience=staff&since=1-s-2", b"audience=staff&since=1-s-2"),
        (b"audience=nobody", b"audience=nobody"),
    ],
)
def test_of_a_feeds_query_only_what_a_public_answer_depends_on_is_kept(
    query: bytes, canonical: bytes
) -> None:
    assert canonical_query(FEED, query) == canonical
    assert canonical_query(FEED.decode(), query) == canonical


def test_another_path_keeps_its_query() -> None:
    assert canonical_query(b"/v1/events", b"limit=1&x=2") == b"limit=1&x=2"
