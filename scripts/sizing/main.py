"""`scripts/capacity --attendees N`: what an audience needs and costs, with the arithmetic.

Everyone is taken to join, poll and vote at the same time. The figures of a core are measured, the
prices are assumptions (scripts/sizing/prices.py): `scripts/rehearse` says what a deployment really bears.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from scripts.sizing import prices
from scripts.sizing.costs import Line, event_hour, standing, total
from scripts.sizing.model import PLANNED_SHARE, VCPU_PER_TASK, Audience, Needs, needs_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the answer."""
    parser = argparse.ArgumentParser(prog="scripts/capacity", description=__doc__)
    parser.add_argument("--attendees", type=_count, required=True, help="people at the same time")
    parser.add_argument(
        "--vote-within", type=_seconds, default=10, metavar="S", help="all vote in S s"
    )
    parser.add_argument(
        "--join-within", type=_seconds, default=60, metavar="S", help="all join in S s"
    )
    parser.add_argument("--no-cdn", action="store_true", help="every poll reaches the servers")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    audience = Audience(given.attendees, given.vote_within, given.join_within, not given.no_cdn)
    needs = needs_of(audience)
    if given.json:
        print(json.dumps(_as_json(audience, needs), indent=2))
    else:
        print("\n".join(_lines(audience, needs)))
    return 0


def _lines(audience: Audience, needs: Needs) -> list[str]:
    vote_s, join_s, here = audience.vote_within_s, audience.join_within_s, needs.origin_polls_per_s
    rows = [
        ("votes", f"{needs.votes_per_s:,.0f}/s", f"all vote within {vote_s:g} s"),
        ("joins", f"{needs.joins_per_s:,.0f}/s", f"all join within {join_s:g} s"),
        ("polls", f"{needs.polls_per_s:,.0f}/s", f"{here:,.0f}/s reach the servers"),
        ("server cores", f"{needs.server_cores:,.1f}", f"each planned to {PLANNED_SHARE:.0%}"),
        ("tasks", f"{needs.tasks:,}", f"of {VCPU_PER_TASK} vCPU; least_tasks for the event"),
        ("database", f"{needs.database_cores:,.1f}", f"cores, so {needs.database_class}"),
        ("connections", f"{needs.database_connections:,}", "of all tasks"),
        ("functions", f"{needs.function_concurrency:,}", "at a time, if they took every vote"),
    ]
    region, listed = prices.REGION, prices.LIST_OF
    return [
        f"{audience.attendees:,} attendees",
        *(_row(*row) for row in rows),
        f"\nA month without an event, US dollars ({region}, {listed})",
        *_bill(standing(needs)),
        "\nAn hour of the event adds",
        *_bill(event_hour(audience, needs)),
    ]


def _bill(lines: list[Line]) -> list[str]:
    rows = [_row(line.what, f"{line.usd:,.2f}", line.because) for line in lines]
    return [*rows, _row("together", f"{total(lines):,.2f}", "")]


def _row(name: str, amount: str, because: str) -> str:
    return f"  {name:<14} {amount:>12}   {because}".rstrip()


def _as_json(audience: Audience, needs: Needs) -> dict[str, object]:
    return {
        **asdict(audience),
        **asdict(needs),
        "month_usd": round(total(standing(needs)), 2),
        "event_hour_usd": round(total(event_hour(audience, needs)), 2),
    }


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000_000:
        raise argparse.ArgumentTypeError("from 1 to 10,000,000")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("more than 0")
    return seconds
