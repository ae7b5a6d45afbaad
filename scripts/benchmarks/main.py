"""What `scripts/bench` does when its environment is there."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from scripts.benchmarks import (
    cold_start,
    crowd_figures,
    hot_figures,
    http_figures,
    latency_figures,
    participant_figures,
    quiz_figures,
)
from scripts.benchmarks.deployment import Deployment, deployed
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import FULL, QUICK, Pace
from scripts.benchmarks.programs import program
from scripts.benchmarks.report import as_json, table, write_page
from scripts.local.failures import StartFailed
from scripts.local.options import ROOT
from scripts.local.terminal import say

MEASURES: Mapping[str, Callable[[Deployment, Pace], Measured]] = {
    "polls_ratio": http_figures.polls_ratio,
    "polls_ratio_head": http_figures.polls_ratio_head,
    "polls_ratio_busy": http_figures.polls_ratio_busy,
    **{
        key: partial(hot_figures.ratio, key=key, writes=writes, connections=connections)
        for key, (writes, connections) in hot_figures.RATIOS.items()
    },
    "quiz_reveal_50000_ms": quiz_figures.quiz_reveal_50000_ms,
    "joins_per_s": http_figures.joins_per_s,
    "me_per_s": participant_figures.me_per_s,
    "ask_p99_ms": participant_figures.ask_p99_ms,
    "flat_reads_ratio": crowd_figures.flat_reads_ratio,
    "visible_p99_ms": latency_figures.visible_p99_ms,
    "open_p99_ms": latency_figures.open_p99_ms,
    "cold_start_ratio": cold_start.cold_start_ratio,
    "origin_rps": crowd_figures.origin_rps,
    # The last: while so many connections are forgotten, the system takes long to open others.
    "rss_mib_20000": crowd_figures.rss_mib_20000,
}


def main(arguments: Sequence[str]) -> int:
    """Measure and report; 0 also when a goal is missed, 1 when something failed."""
    options = _parse(arguments)
    keys = options.only or list(MEASURES)
    started = time.monotonic()
    try:
        for name in ("wrk", "nginx"):
            program(name)
        measured = _measure(keys, QUICK if options.quick else FULL)
    except StartFailed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    say()
    say(table(measured))
    say(f"\nMeasured in {time.monotonic() - started:.0f} s.")
    if options.json:
        options.json.write_text(as_json(measured), encoding="utf-8")
    if not options.quick and not options.only:
        page = ROOT / "docs" / "benchmarks.md"
        write_page(measured, page)
        say(f"Written to {page.relative_to(ROOT)}.")
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer and shorter repeats: a minute or two"
    )
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures here too")
    parser.add_argument("--only", type=_keys, metavar="KEY[,KEY…]", help="some of the figures")
    return parser.parse_args(arguments)


def _keys(text: str) -> list[str]:
    keys = text.split(",")
    unknown = [key for key in keys if key not in BY_KEY]
    if unknown:
        known = ", ".join(BY_KEY)
        raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {known}")
    return keys


def _measure(keys: Sequence[str], pace: Pace) -> list[Measured]:
    with tempfile.TemporaryDirectory(prefix="ovation-bench-") as directory:
        say("Starting PostgreSQL and the server ...")
        with deployed(Path(directory)) as deployment:
            return [MEASURES[key](deployment, pace) for key in keys]
