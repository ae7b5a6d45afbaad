"""From what was measured to plain values."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from scripts.rehearsal.measurements import Interval, Measurements, Operation
from scripts.rehearsal.outcome import (
    TITLES,
    ErrorFigures,
    Moment,
    OperationFigures,
    Outcome,
    Staleness,
)
from scripts.rehearsal.recount import Recount
from scripts.rehearsal.show import Show


def sum_up(
    show: Show, counted: Sequence[Recount], *, minutes: float, version: str, took_s: float
) -> Outcome:
    """Return the outcome of a show whose polls were counted again."""
    hall, measured = show.hall, show.hall.measurements
    moments = moments_of(measured)
    return Outcome(
        url=hall.origin.target.url,
        ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
        attendees=show.plan.attendees,
        minutes=minutes,
        arrival_s=show.plan.arrival_s,
        arrival_took_s=show.arrival_took_s,
        arrived=hall.arrived,
        joins_per_s=hall.arrived / show.arrival_took_s,
        busiest_joins_per_s=max((each.joins_per_s for each in moments), default=0.0),
        busiest_requests_per_s=max((each.requests_per_s for each in moments), default=0.0),
        slowed_joins=hall.pace.refusals,
        votes=hall.votes,
        too_late=hall.too_late,
        sent=measured.sent,
        errors=measured.failed,
        bytes_received=measured.traffic.received,
        bytes_sent=measured.traffic.sent,
        connections=measured.traffic.connections,
        resent=measured.traffic.resent,
        took_s=took_s,
        longest_poll_after_s=measured.longest_poll_after_s,
        lateness_p99_s=measured.lateness.percentile(0.99),
        screens_behind=show.screens_behind(),
        operations=operations_of(measured),
        failures=[
            ErrorFigures(operation, reason, count)
            for (operation, reason), count in measured.errors.most_common()
        ],
        openings=Staleness.of(hall.visibility.openings),
        results=Staleness.of(hall.visibility.votes),
        polls=counted[:-2],
        upvotes=counted[-2],
        reactions=counted[-1],
        moments=moments,
        moment_s=measured.interval_s,
        phases=show.phases,
        environment=_environment(version, hall.origin.addresses),
    )


def operations_of(measured: Measurements) -> list[OperationFigures]:
    """Return the figures of every operation so far, in the order in which attendees come to them."""
    order = list(TITLES)
    known = sorted(measured.operations.values(), key=lambda each: order.index(each.name))
    return [_figures(operation) for operation in known]


def _figures(operation: Operation) -> OperationFigures:
    durations = operation.durations
    return OperationFigures(
        name=operation.name,
        sent=operation.sent,
        errors=operation.errors,
        p50_s=durations.percentile(0.5),
        p95_s=durations.percentile(0.95),
        p99_s=durations.percentile(0.99),
        longest_s=durations.longest_s,
    )


def moments_of(measured: Measurements) -> list[Moment]:
    """Return every interval from the start to the last one, empty ones too."""
    step = measured.interval_s
    last = max(measured.intervals, default=-1)
    # Not by subscript: that would add intervals to what is measured.
    found = (measured.intervals.get(number, Interval()) for number in range(last + 1))
    return [
        Moment(
            start_s=number * step,
            requests_per_s=interval.answered / step,
            joins_per_s=interval.joined / step,
            errors=interval.errors,
            polls_p50_s=interval.polls.percentile(0.5),
            polls_p99_s=interval.polls.percentile(0.99),
            writes_p50_s=interval.writes.percentile(0.5),
            writes_p99_s=interval.writes.percentile(0.99),
        )
        for number, interval in enumerate(found)
    ]


def _environment(version: str, addresses: Sequence[str]) -> dict[str, Any]:
    return {
        "Ovation": version,
        "Addresses of the deployment": ", ".join(addresses),
        "Rehearsed from": f"{platform.system()} {platform.machine()}, one process, one core",
        "Python": platform.python_version(),
    }
