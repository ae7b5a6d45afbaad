"""Telling a person what the audience saw."""

from collections.abc import Iterator, Sequence

from scripts.replaying.checks import Check
from scripts.replaying.history import Body, History, State


def report(history: History, state: State, checks: Sequence[Check]) -> str:
    """Return the state and the checks as lines of text."""
    lines = [*_event(history, state), *_polls(state), *_questions(state), *_others(state)]
    if state.erased:
        lines.append(f"{len(state.erased)} that were shown then were erased since")
    return "\n".join([*lines, "", *_checks(checks)])


def _event(history: History, state: State) -> Iterator[str]:
    title = next((f'{body["title"]} ({body["status"]})' for body in state.of_type("event")), "")
    when = state.at.isoformat().replace("+00:00", "Z") if state.at else "before anything was shown"
    yield f"{title or history.event_id}, revision {state.revision} of {history.revision}, {when}"


def _polls(state: State) -> Iterator[str]:
    results = {body["poll_id"]: body for body in state.of_type("poll_results")}
    for poll in state.of_type("poll"):
        yield ""
        yield f'{poll["prompt"]} ({poll["kind"]}, {poll["status"]})'
        if poll["id"] in results:
            yield from _results(poll, results[poll["id"]])


def _results(poll: Body, results: Body) -> Iterator[str]:
    labels = {option["id"]: option["label"] for option in poll["options"]}
    mean = f', mean {round(results["mean"], 2)}' if results.get("mean") is not None else ""
    final = ", final" if results["final"] else ""
    yield f'  {results["voters"]} voters{mean}{final}'
    for tally in results["tallies"]:
        answer, *counts = tally.values()
        count = f"{counts[0]:>8}  " if counts else "  "
        yield f"  {count}{labels.get(answer, answer)}"


def _questions(state: State) -> Iterator[str]:
    questions = sorted(state.of_type("question"), key=lambda each: -each["upvotes"])
    if questions:
        yield ""
        yield "Questions"
    for question in questions:
        marks = [name for name in ("pinned", "highlighted") if question[name]]
        told = ", ".join([question["author_name"] or "anonymous", question["status"], *marks])
        yield f'  {question["upvotes"]:>8}  {question["body"]} ({told})'
        for reply in question["replies"]:
            yield f'              {reply["author_name"]}: {reply["body"]}'


def _others(state: State) -> Iterator[str]:
    told = {"event", "poll", "poll_results", "question"}
    for thing in state.things.values():
        if thing.type not in told:
            yield ""
            yield f"{thing.type}: {thing.body}"


def _checks(checks: Sequence[Check]) -> Iterator[str]:
    for each in checks:
        yield f"{'FAILED' if each.faults else 'ok':>6}  {each.name}"
        for fault in each.faults[:10]:
            yield f"          {fault}"
        if len(each.faults) > 10:
            yield f"          and {len(each.faults) - 10} more"
