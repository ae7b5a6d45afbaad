"""Cleaning what people type: once is enough, and nothing but noise is lost."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.text import clean

# Mostly what is hard to clean: controls, spaces, marks, fillers, and things that look like nothing.
HARD = "\x00\x01\t\n\r\x1b\x1c\x1f\x7f\x85\xa0\xad\u0301\u0323\u1161\u11ab\u200b\u2028\u2060\ufeff"
TEXTS = st.text(st.one_of(st.sampled_from(HARD + "ae \u212b\u1112\u3164"), st.characters()))


def cleaned(text: str, *, lines: bool) -> str | None:
    try:
        return clean(text, lines=lines)
    except ValueError:
        return None


@given(TEXTS, st.booleans())
def test_clean_text_is_clean(text: str, lines: bool) -> None:
    result = cleaned(text, lines=lines)

    if result is None:
        return
    assert result == result.strip() != ""
    assert unicodedata.is_normalized("NFC", result)
    kept = "\n\t" if lines else ""
    assert not [each for each in result if unicodedata.category(each) == "Cc" and each not in kept]
    if not lines:
        assert result == " ".join(result.split())
    assert result.encode("utf-8").decode("utf-8") == result


@given(TEXTS, st.booleans())
@example("a \x01 b", False)
@example("a\x01\u0301", True)
def test_cleaning_twice_changes_nothing_more(text: str, lines: bool) -> None:
    once = cleaned(text, lines=lines)

    if once is not None:
        assert clean(once, lines=lines) == once


@given(TEXTS, st.booleans())
def test_all_that_is_lost_are_controls_and_space(text: str, lines: bool) -> None:
    result = cleaned(text, lines=lines)

    def substance(of: str) -> list[str]:
        kept = "".join(each for each in of if unicodedata.category(each) != "Cc")
        return unicodedata.normalize("NFC", "".join(kept.split())).split()

    if result is not None:
        assert "".join(substance(result)) == "".join(substance(text))


@given(TEXTS, st.sampled_from(["\x00", "\ud800", "\udfff"]), TEXTS)
def test_what_cannot_be_stored_is_refused_wherever_it_stands(
    before: str, bad: str, after: str
) -> None:
    for lines in (True, False):
        with pytest.raises(ValueError, match="must not contain"):
            clean(before + bad + after, lines=lines)


@given(st.text(st.sampled_from(" \t\n\x01\u200b\u2060\ufeff\u034f\ufe0f\u3164\u2800\u0301\xad")))
def test_text_with_nothing_to_see_is_refused(text: str) -> None:
    for lines in (True, False):
        with pytest.raises(ValueError, match="visible"):
            clean(text, lines=lines)
