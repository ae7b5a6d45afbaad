"""The pictures of the report: load, waiting, freshness, errors."""

import math

from scripts.rehearsal.charts import AMBER, BLUE, GREEN, RED, Axes, Band, Line, chart
from scripts.rehearsal.outcome import Outcome
from scripts.rehearsal.verdict import Limits


def pictures(outcome: Outcome, limits: Limits) -> str:
    """Return all pictures, each with its title; shaded is when a poll was open."""
    drawn = [_load(outcome), _waiting(outcome), _freshness(outcome, limits)]
    drawn.append(_errors(outcome) if outcome.errors else _arrival(outcome))
    return "".join(f'<div class="panel"><h3>{title}</h3>{svg}</div>' for title, svg in drawn)


def _polls(outcome: Outcome) -> list[Band]:
    polls = [phase for phase in outcome.phases if phase.name == "poll"]
    return [
        Band(f"poll {number} is open", phase.start_s, phase.end_s)
        for number, phase in enumerate(polls, start=1)
    ]


def _over_time(
    outcome: Outcome,
    name: str,
    colour: str,
    field: str,
    scale: float = 1.0,
    *,
    dashed: bool = False,
) -> Line:
    points = [(each.start_s, getattr(each, field) * scale) for each in outcome.moments]
    return Line(name, colour, points, dashed)


def _load(outcome: Outcome) -> tuple[str, str]:
    title = "Requests answered"
    lines = [_over_time(outcome, "all requests", BLUE, "requests_per_s")]
    return title, chart(title, lines, Axes("s", "per s"), bands=_polls(outcome))


def _arrival(outcome: Outcome) -> tuple[str, str]:
    title = "Attendees who joined"
    until_s = outcome.arrival_took_s + 2 * outcome.moment_s
    line = _over_time(outcome, "joins", GREEN, "joins_per_s")
    shown = [point for point in line.points if point[0] <= until_s]
    return title, chart(title, [Line(line.name, line.colour, shown)], Axes("s", "per s"))


def _waiting(outcome: Outcome) -> tuple[str, str]:
    title = "Waiting for an answer"
    lines = [
        _over_time(outcome, "polls p50", BLUE, "polls_p50_s", 1000),
        _over_time(outcome, "polls p99", BLUE, "polls_p99_s", 1000, dashed=True),
        _over_time(outcome, "writes p50", GREEN, "writes_p50_s", 1000),
        _over_time(outcome, "writes p99", GREEN, "writes_p99_s", 1000, dashed=True),
    ]
    return title, chart(title, lines, Axes("s", "ms"), bands=_polls(outcome))


def _freshness(outcome: Outcome, limits: Limits) -> tuple[str, str]:
    title = "How much of the audience sees it, and when"
    lines = [
        Line(
            name,
            colour,
            [(0.0, 0.0)]
            + [
                (seconds, float(number))
                for number, seconds in enumerate(seen.curve_s, start=1)
                if math.isfinite(seconds)
            ],
        )
        for name, colour, seen in (
            ("a new poll", BLUE, outcome.openings),
            ("a vote", GREEN, outcome.results),
        )
    ]
    limit = Line(
        "limit", AMBER, [(limits.staleness_s, 0.0), (limits.staleness_s, 100.0)], dashed=True
    )
    return title, chart(title, lines, Axes("s after", "%", y_end=100), mark=limit)


def _errors(outcome: Outcome) -> tuple[str, str]:
    title = "Requests that failed"
    line = _over_time(outcome, "failed", RED, "errors", 1 / outcome.moment_s)
    return title, chart(title, [line], Axes("s", "per s"), bands=_polls(outcome))
