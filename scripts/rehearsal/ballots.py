"""The kinds of poll that are rehearsed: what is asked, how attendees answer, what that adds."""

from collections.abc import Mapping
from random import Random
from typing import Any

# What a vote adds to the rows of a poll's results: by option id, or by step of a rating.
Moves = Mapping[str, int]

_POLLS: tuple[dict[str, Any], ...] = (
    {
        "kind": "single_choice",
        "prompt": "Where shall the next meeting be?",
        "options": [{"label": name} for name in ("Lisbon", "Kraków", "Lyon", "Turku", "At home")],
    },
    {
        "kind": "multiple_choice",
        "prompt": "Which of these did you use this month?",
        "options": [{"label": name} for name in ("Train", "Bicycle", "Car", "Plane")],
        "max_choices": 3,
    },
    {"kind": "rating", "prompt": "How was the keynote?", "scale": {"steps": 5}},
    {
        "kind": "ranking",
        "prompt": "What should we talk about first?",
        "options": [{"label": name} for name in ("Plans", "Money", "People")],
    },
)


def poll_to_ask(number: int) -> dict[str, Any]:
    """Return the request that makes the poll of this number, from 0: every kind in turn."""
    return _POLLS[number % len(_POLLS)]


def choose(poll: Mapping[str, Any], chance: Random) -> dict[str, Any]:
    """Return one attendee's answer to a poll as the feed shows it."""
    if poll["kind"] == "rating":
        return {"rating": chance.randint(1, poll["scale"]["steps"])}
    options = [option["id"] for option in poll["options"]]
    if poll["kind"] == "ranking":
        return {"ranking": chance.sample(options, len(options))}
    # Some options are liked better than others, or every picture would look alike.
    count = chance.randint(1, poll["max_choices"])
    liked = chance.choices(options, weights=range(len(options), 0, -1), k=count)
    return {"option_ids": sorted(set(liked))}


def moves_of(ballot: Mapping[str, Any]) -> Moves:
    """Return what a vote adds to which rows; two votes that say the same have the same moves."""
    if "rating" in ballot:
        return {str(ballot["rating"]): 1}
    if "ranking" in ballot:
        ranking = ballot["ranking"]
        return {option: len(ranking) - place for place, option in enumerate(ranking)}
    return dict.fromkeys(ballot["option_ids"], 1)


def published_counts(results: Mapping[str, Any]) -> Moves:
    """Return the rows of published results, as `moves_of` names them."""
    return {
        str(row.get("option_id", row.get("rating"))): row.get("votes", row.get("points"))
        for row in results["tallies"]
    }


def labels_of(poll: Mapping[str, Any]) -> dict[str, str]:
    """Return what to call each row of a poll's results, in order."""
    if poll["kind"] == "rating":
        return {str(step): str(step) for step in range(1, poll["scale"]["steps"] + 1)}
    return {option["id"]: option["label"] for option in poll["options"]}
