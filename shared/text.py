"""What people type: normalised once at the edge, stored and shown as text, never interpreted."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_KEPT_CONTROLS = frozenset("\n\t")
# Letters and symbols that look like nothing: fillers and the empty pattern of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str, *, lines: bool) -> str:
    """Return `text` in NFC, without control characters and surrounding space.

    With `lines` false, line breaks and tabs become spaces. Raise `ValueError` for NUL, for lone
    surrogates (neither can be stored) and for text of which nothing visible is left.
    """
    # Most of what is typed: nothing below would change it, and a hall that joins types much of it.
    if text.isascii() and text.isprintable() and not text.isspace() and text:
        return text.strip() if lines else " ".join(text.split())
    if "\x00" in text:
        raise ValueError("must not contain NUL")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain lone surrogates")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(_without_control(character) for character in text)
    # After that: what stood between a letter and its accent, or between two spaces, may be gone.
    text = unicodedata.normalize("NFC", text).strip()
    if not lines:
        text = " ".join(text.split())
    if not any(_is_visible(character) for character in text):
        raise ValueError("must contain a visible character")
    return text


def _without_control(character: str) -> str:
    if unicodedata.category(character) != "Cc" or character in _KEPT_CONTROLS:
        return character
    return " " if character.isspace() else ""


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CMZ" and character not in _BLANK


def _line(text: str) -> str:
    return clean(text, lines=False)


def _code(text: str) -> str:
    return clean(text, lines=False).upper()


def _paragraphs(text: str) -> str:
    return clean(text, lines=True)


def fold(text: str) -> str:
    """Return the text without case and without Unicode's look-alikes."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _folded(text: str) -> str:
    return clean(fold(text), lines=False)


def _at_most(length: int) -> AfterValidator:
    # After cleaning: NFC may lengthen a text, and the database's limit is on what is stored.
    def check(text: str) -> str:
        if len(text) > length:
            raise ValueError(f"must have at most {length} characters")
        return text

    return AfterValidator(check)


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=80), AfterValidator(_line), _at_most(80)
]
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line), _at_most(200)
]
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line), _at_most(200)
]
Prompt = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_paragraphs), _at_most(500)
]
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1_000),
    AfterValidator(_paragraphs),
    _at_most(1_000),
]
OpenText = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_paragraphs), _at_most(500)
]
# Without case and Unicode's look-alikes, so that one word is one word however it is typed.
Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=30),
    AfterValidator(_line),
    AfterValidator(_folded),
    _at_most(30),
]
JoinCode = Annotated[
    str,
    Field(min_length=1, max_length=20, description="Join code, any case"),
    AfterValidator(_code),
]
