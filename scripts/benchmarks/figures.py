"""What is measured, in which unit, and what is good enough."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One figure of the table; `better` tells on which side of `goal` it should be."""

    key: str
    title: str
    unit: str
    goal: float
    better: Literal["higher", "lower"]

    def is_met_by(self, value: float, goal: float) -> bool:
        """Tell whether a value is good enough."""
        return value >= goal if self.better == "higher" else value <= goal


@dataclass(frozen=True)
class Measured:
    """A figure's values, one per repeat, and the goal that held on this machine."""

    figure: Figure
    values: Sequence[float]
    goal: float
    remark: str = ""

    @property
    def median(self) -> float:
        """The value to quote."""
        return median(self.values)

    @property
    def is_met(self) -> bool:
        """Whether the median is good enough."""
        return self.figure.is_met_by(self.median, self.goal)


FIGURES = (
    Figure("polls_ratio", "polls/s ÷ bare ASGI callable, same bytes", "ratio", 0.8, "higher"),
    Figure("polls_ratio_head", "the same with nothing new", "ratio", 0.8, "higher"),
    Figure("polls_ratio_busy", "the same while 20 votes/s come in", "ratio", 0.8, "higher"),
    Figure("votes_ratio_16", "votes/s ÷ pgbench upserts, 16 connections", "ratio", 1.0, "higher"),
    Figure("votes_ratio_64", "votes/s ÷ pgbench upserts, 64 connections", "ratio", 1.0, "higher"),
    Figure(
        "upvotes_ratio_16", "upvotes/s ÷ pgbench upserts, 16 connections", "ratio", 1.0, "higher"
    ),
    Figure(
        "answers_ratio_16", "answers/s ÷ pgbench upserts, 16 connections", "ratio", 1.0, "higher"
    ),
    Figure("quiz_reveal_50000_ms", "reveal that scores 50,000 players", "ms", 1_000, "lower"),
    Figure("joins_per_s", "joins per second and core", "1/s", 5_000, "higher"),
    Figure("me_per_s", "what is mine, per second and core", "1/s", 500, "higher"),
    Figure("ask_p99_ms", "question amid 1,000 pollers, 20 in 3 s, p99", "ms", 250, "lower"),
    Figure("flat_reads_ratio", "statements/s, 5,000 ÷ 200 pollers", "ratio", 1.1, "lower"),
    Figure("visible_p99_ms", "vote's 2xx until a poll counts it, p99", "ms", 750, "lower"),
    Figure("open_p99_ms", "vote at half of capacity, open model, p99", "ms", 100, "lower"),
    Figure("cold_start_ratio", "Lambda start ÷ empty FastAPI and Mangum", "ratio", 1.5, "lower"),
    Figure("origin_rps", "requests/s behind a caching proxy, 5,000 pollers", "1/s", 10, "lower"),
    Figure("rss_mib_20000", "resident memory with 20,000 connections", "MiB", 600, "lower"),
)
BY_KEY = {figure.key: figure for figure in FIGURES}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed: the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
