"""`scripts/replay FILE --at TIME`: what an event's audience saw at a moment, and whether it is true.

FILE is what `GET /v1/events/{event_id}/history` answered, "-" for standard input. The exit status is
0 when every check holds, 1 when one fails, 2 when FILE is no history.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.replaying.checks import Check, check
from scripts.replaying.history import (
    BadHistory,
    Body,
    History,
    State,
    parse_history,
    parse_moment,
    state_at,
)
from scripts.replaying.report import report


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the state and the checks; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/replay", description=__doc__)
    parser.add_argument("file", help="the history, or - for standard input")
    parser.add_argument("--at", type=parse_moment, metavar="TIME", help="RFC 3339; else the end")
    parser.add_argument("--export", type=Path, help="a JSON export to check final results against")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    given = parser.parse_args(arguments)
    try:
        history = _read(given.file)
        exported = json.loads(given.export.read_text(encoding="utf-8")) if given.export else None
    except (OSError, ValueError, BadHistory) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    state = state_at(history, given.at)
    checks = check(history, state, exported)
    if given.json:
        print(json.dumps(_as_json(history, state, checks), ensure_ascii=False))
    else:
        print(report(history, state, checks))
    return int(any(each.faults for each in checks))


def _read(file: str) -> History:
    if file == "-":
        return parse_history(sys.stdin)
    with open(file, encoding="utf-8", newline="\n") as lines:
        return parse_history(lines)


def _as_json(history: History, state: State, checks: Sequence[Check]) -> Body:
    things = sorted(state.things.values(), key=lambda thing: thing.revision)
    return {
        "event_id": history.event_id,
        "revision": state.revision,
        "at": state.at.isoformat() if state.at else None,
        "state": [
            {"type": each.type, "id": each.id, "revision": each.revision, "data": each.body}
            for each in things
        ],
        "erased": [{"type": type, "id": id} for type, id in sorted(state.erased)],
        "checks": [{"name": each.name, "faults": list(each.faults)} for each in checks],
    }
