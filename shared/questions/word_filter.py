"""Words that the staff may want to look at: a library's lists for some languages, and the event's own.

What is found is a flag for the moderator. Nothing is refused or hidden for it: a filter that decides
would silence the people of Scunthorpe, and teach everyone else how to spell around it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from shared.text import fold

# By the codes of ISO 639-1, the library's own names.
LANGUAGES = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "zh": "chinese",
}
_MOST_FLAGS = 20


def find_flags(
    texts: Sequence[str], *, languages: Sequence[str], words: Sequence[str]
) -> list[str]:
    """Return the words found in the texts, each once, in order; takes milliseconds of CPU.

    Spelling tricks (f.u.c.k, sh1t, accents, look-alikes) are seen through. A word within another is
    none.
    """
    check = _filter(tuple(languages), tuple(words))
    # Folded too, as the event's own words are: "Straße" is "strasse" in its list.
    both = {form for text in texts for form in (text, fold(text))}
    found = {word.lower() for text in both for word in check.check_profanity(text)["profane_words"]}
    if not languages:
        # Without a language the library takes English.
        found &= {word.lower() for word in words}
    return sorted(found)[:_MOST_FLAGS]


@lru_cache(maxsize=32)
def _filter(languages: tuple[str, ...], words: tuple[str, ...]) -> Any:
    # Imported when an event asks for it: no other question waits for its lists.
    from glin_profanity import Filter  # type: ignore[import-untyped]  # no py.typed, no stubs

    return Filter(
        {
            "languages": [LANGUAGES[code] for code in languages],
            "custom_words": list(words),
            "obfuscation": "standard",
        }
    )
