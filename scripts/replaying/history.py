"""Reading the file of `GET /v1/events/{event_id}/history`, and the state that its changes add up to."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Key = tuple[str, str]
Body = dict[str, Any]


class BadHistory(Exception):
    """The file is no history; the message is one line for a person."""


@dataclass(frozen=True)
class Thing:
    """What the audience saw of one thing, since a revision; `body` is None when it was gone."""

    type: str
    id: str
    revision: int
    body: Body | None

    @property
    def key(self) -> Key:
        """What tells it from the others."""
        return self.type, self.id


@dataclass(frozen=True)
class Change:
    """A thing as it was from a moment on; `is_erased`, and so blank, when that was erased later."""

    at: datetime
    thing: Thing
    is_erased: bool


@dataclass
class History:
    """A whole file: the changes in its order, and what was shown when it was made."""

    event_id: str
    revision: int
    changes: list[Change] = field(default_factory=list)
    shown: list[Thing] = field(default_factory=list)
    # How many changes there should be; None for a file that was cut off.
    announced: int | None = None


@dataclass(frozen=True)
class State:
    """What the audience saw at a moment, and what is not known of it, since it was erased."""

    revision: int
    at: datetime | None
    things: dict[Key, Thing]
    erased: frozenset[Key]

    def of_type(self, type: str) -> list[Body]:
        """Return the bodies of one type, those that changed first come first."""
        things = sorted(self.things.values(), key=lambda thing: thing.revision)
        return [thing.body for thing in things if thing.type == type and thing.body is not None]


def parse_history(lines: Iterable[str]) -> History:
    """Return the history that the lines are; raise `BadHistory` for anything else."""
    history: History | None = None
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
            if history is None:
                history = History(content["event_id"], content["revision"])
            else:
                _add(history, content)
        except (ValueError, KeyError, TypeError) as wrong:
            # The last line of a file that was cut off may be half a line.
            if history is not None and not line.endswith("\n"):
                break
            raise BadHistory(f"line {number} is none of a history") from wrong
    if history is None:
        raise BadHistory("the file is empty")
    return history


def _add(history: History, content: Body) -> None:
    if "change" in content:
        thing = _thing(content["change"])
        at = datetime.fromisoformat(content["at"])
        history.changes.append(Change(at, thing, content.get("erased", False)))
    elif "shown" in content:
        history.shown.append(_thing(content["shown"]))
    elif content["complete"]:
        history.announced = content["changes"]


def _thing(content: Body) -> Thing:
    return Thing(content["type"], content["id"], content["revision"], content["data"])


def state_at(history: History, moment: datetime | None) -> State:
    """Return what the audience saw at the moment, or at the end of the history."""
    things: dict[Key, Thing] = {}
    erased: set[Key] = set()
    revision, at = 0, None
    for change in history.changes:
        if moment is not None and change.at > moment:
            break
        key = change.thing.key
        revision, at = change.thing.revision, change.at
        erased.discard(key)
        things.pop(key, None)
        if change.is_erased:
            erased.add(key)
        elif change.thing.body is not None:
            things[key] = change.thing
    return State(revision, at, things, frozenset(erased))


def parse_moment(text: str) -> datetime:
    """Return the moment that a time of RFC 3339 names; in UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
