"""Whether a history is whole and true: against itself, and against what was recorded elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scripts.replaying.history import Body, History, State, state_at


@dataclass(frozen=True)
class Check:
    """What was checked, and what is wrong; nothing when `faults` is empty."""

    name: str
    faults: tuple[str, ...]


def check(history: History, state: State, exported: Body | None) -> list[Check]:
    """Check the history, the state at the moment, and the end against an export where one is given."""
    checks = [
        Check("the file is whole", tuple(_cut_off(history))),
        Check("revisions follow each other", tuple(_out_of_order(history))),
        Check("results add up and are final when the poll is closed", tuple(_wrong_results(state))),
        Check("the changes add up to what is shown", tuple(_not_as_shown(history))),
    ]
    if exported is not None:
        faults = tuple(_not_as_exported(history, exported))
        checks.append(Check("final results are those of the export", faults))
    return checks


def _cut_off(history: History) -> Iterator[str]:
    if history.announced is None:
        yield "its end is missing: fetch it again"
    elif history.announced != len(history.changes):
        yield f"{len(history.changes)} changes of {history.announced}"
    elif history.changes and history.changes[-1].thing.revision != history.revision:
        yield f"ends at revision {history.changes[-1].thing.revision} of {history.revision}"


def _out_of_order(history: History) -> Iterator[str]:
    if history.changes and history.changes[0].thing.revision != 1:
        yield f"the first is {history.changes[0].thing.revision}"
    for before, after in pairwise(history.changes):
        if after.thing.revision != before.thing.revision + 1:
            yield f"{before.thing.revision} is followed by {after.thing.revision}"
        if after.at < before.at:
            yield f"{after.thing.revision} is earlier than {before.thing.revision}"


def _wrong_results(state: State) -> Iterator[str]:
    for (type, id), thing in state.things.items():
        if type != "poll_results" or thing.body is None:
            continue
        poll = state.things.get(("poll", id))
        if poll is None or poll.body is None:
            if ("poll", id) not in state.erased:
                yield f"results without their poll, {id}"
            continue
        if thing.body["final"] != (poll.body["status"] in ("closed", "archived")):
            yield f"final results of a poll that is {poll.body['status']}, or the other way round, {id}"
        if not adds_up(poll.body, thing.body):
            yield f"counts that do not add up, {id}"


def adds_up(poll: Body, results: Body) -> bool:
    """Tell whether the tallies can be those of so many voters."""
    tallies: list[Body] = results["tallies"]
    voters: int = results["voters"]
    match poll["kind"]:
        case "single_choice":
            return _sum(tallies, "votes") == voters
        case "rating":
            total = sum(each["rating"] * each["votes"] for each in tallies)
            mean = results["mean"]
            # Histories from before it was published whole have it to two places.
            is_mean = mean is None if voters == 0 else abs(total / voters - mean) < 0.0051
            return is_mean and _sum(tallies, "votes") == voters
        case "multiple_choice":
            largest: int = max(each["votes"] for each in tallies)
            most: int = voters * poll["max_choices"]
            return largest <= voters <= _sum(tallies, "votes") <= most
        case "ranking":
            places = len(poll["options"])
            return _sum(tallies, "points") == voters * places * (places + 1) // 2
        case "word_cloud":
            return all(0 < each["count"] <= voters for each in tallies)
        case "open_text":
            return len(tallies) <= voters
        case _:
            # Of a kind that is not known here nothing can be said.
            return True


def _sum(tallies: list[Body], count: str) -> int:
    return sum(int(each[count]) for each in tallies)


def _not_as_shown(history: History) -> Iterator[str]:
    if history.announced is None:
        return
    end = state_at(history, None)
    shown = {thing.key: thing for thing in history.shown}
    for key in sorted({*shown, *end.things}):
        if shown.get(key) != end.things.get(key):
            yield " ".join(key)


def _not_as_exported(history: History, exported: Body) -> Iterator[str]:
    results = {each["poll_id"]: each for each in exported["sections"]["poll_results"]}
    for body in state_at(history, None).of_type("poll_results"):
        # Of a text the staff is exported more than the audience sees.
        if body["final"] and "text" not in (body["tallies"] or [{}])[0]:
            if results.get(body["poll_id"]) != body:
                yield str(body["poll_id"])
