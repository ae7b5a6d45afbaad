"""A poll of each kind, and votes in it at random: for tests that hold for every kind."""

import unicodedata
from random import Random
from typing import Any

from tests.support.api import Api, Json

# What each kind is asked with, beside its options.
ASKED: dict[str, Json] = {
    "single_choice": {},
    "multiple_choice": {"max_choices": 2},
    "rating": {"scale": {"steps": 4}},
    "ranking": {},
    "word_cloud": {},
    "open_text": {},
}
_WORDS = ("Tea", "TEA", "coffee", "Straße", "STRASSE", "\u212bngstr\u00f6m")


async def make_poll(api: Api, event: Json, kind: str, **fields: Any) -> Json:
    """Make a poll of the kind, open unless told otherwise."""
    return await api.make_poll(event, kind=kind, **{**ASKED[kind], **fields})


def random_vote(poll: Json, chance: Random) -> Json:
    """Return a vote that the poll takes."""
    options = [option["id"] for option in poll["options"]]
    chance.shuffle(options)
    match poll["kind"]:
        case "rating":
            return {"rating": chance.randint(1, poll["scale"]["steps"])}
        case "ranking":
            return {"ranking": options}
        case "word_cloud":
            return {"words": chance.choices(_WORDS, k=chance.randint(1, poll["max_choices"]))}
        case "open_text":
            return {"text": f"Text {chance.randint(1, 9)}"}
        case _:
            return {"option_ids": options[: chance.randint(1, poll["max_choices"])]}


def wrong_vote(poll: Json) -> Json:
    """Return a vote with the poll's own field that breaks a rule of its kind."""
    options = [option["id"] for option in poll["options"]]
    match poll["kind"]:
        case "rating":
            return {"rating": poll["scale"]["steps"] + 1}
        case "ranking":
            return {"ranking": options[1:]}
        case "word_cloud":
            return {"words": [str(number) for number in range(poll["max_choices"] + 1)]}
        case "open_text":
            return {"text": " "}
        case _:
            return {"option_ids": options[: poll["max_choices"]] + [poll["id"]]}


def as_kept(poll: Json, vote: Json) -> Json:
    """Return a vote in the one form in which it is kept, whichever way it was put."""
    match vote:
        case {"option_ids": chosen}:
            return {"option_ids": [each["id"] for each in poll["options"] if each["id"] in chosen]}
        case {"words": words}:
            folded = [unicodedata.normalize("NFKC", word).casefold() for word in words]
            return {"words": list(dict.fromkeys(folded))}
        case _:
            return vote
