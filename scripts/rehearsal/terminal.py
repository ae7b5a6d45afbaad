"""What the person at the terminal sees: a live table, or plain lines where there is no terminal."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scripts.rehearsal.hall import Hall
from scripts.rehearsal.summing_up import operations_of
from scripts.rehearsal.verdict import Verdict
from scripts.rehearsal.wording import milliseconds, share_of

_REFRESH_S = 0.25
_LINE_EVERY_S = 5.0


class Terminal:
    """Standard output, live where it is a terminal."""

    def __init__(self, console: Console) -> None:
        """Write to this console."""
        self._console = console

    def say(self, line: str) -> None:
        """Write a line that stays; a live table goes on below it."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def live(self, hall: Hall) -> Iterator[None]:
        """Show how it goes for as long as the context lasts."""
        if self._console.is_terminal:
            with Live(console=self._console, auto_refresh=False, transient=True) as live:
                yield from self._shown(hall, live)
        else:
            yield from self._shown(hall, None)

    def _shown(self, hall: Hall, live: Live | None) -> Iterator[None]:
        showing = asyncio.create_task(self._keep_showing(hall, live))
        try:
            yield
        finally:
            showing.cancel()

    async def _keep_showing(self, hall: Hall, live: Live | None) -> None:
        while True:
            await asyncio.sleep(_REFRESH_S if live else _LINE_EVERY_S)
            if live:
                live.update(picture_of(hall), refresh=True)
            else:
                self.say(line_of(hall))

    def show_verdict(self, verdict: Verdict) -> None:
        """Write the checks, the notes, and the verdict in colour."""
        self.say("")
        for check in verdict.checks:
            mark = ("✓", "green") if check.passed else ("✗", "bold red")
            text = Text.assemble(("  " + mark[0] + " ", mark[1]), check.sentence)
            self._console.print(text, soft_wrap=True)
        for note in verdict.notes:
            self._console.print(Text(f"  · {note}", style="yellow"), soft_wrap=True)
        self.say("")
        style = "bold green" if verdict.is_ready else "bold red"
        self._console.print(Text(verdict.sentence, style=style), soft_wrap=True)


def line_of(hall: Hall) -> str:
    """Return how it goes, in one line."""
    measured = hall.measurements
    elapsed_s = time.perf_counter() - measured.started_at
    votes = hall.visibility.votes
    seen = f", 99 % see a vote within {milliseconds(votes.percentile(0.99))}" if votes.total else ""
    return (
        f"  {elapsed_s:4.0f} s  {hall.arrived:,} inside, {measured.sent:,} requests, "
        f"{hall.votes:,} votes, {measured.failed:,} errors{seen}"
    )


def picture_of(hall: Hall) -> Group:
    """Return how it goes, as a table."""
    measured = hall.measurements
    elapsed_s = time.perf_counter() - measured.started_at
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", min_width=18)
    for heading in ("requests", "per s", "p50", "p95", "p99", "errors"):
        table.add_column(heading, justify="right", min_width=8)
    for each in operations_of(measured):
        table.add_row(
            each.title,
            f"{each.sent:,}",
            f"{each.sent / elapsed_s:,.0f}",
            *(milliseconds(value) for value in (each.p50_s, each.p95_s, each.p99_s)),
            Text(f"{each.errors:,}", style="red" if each.errors else ""),
        )
    votes = hall.visibility.votes
    fresh = ", ".join(
        f"{share * 100:.0f} % within {milliseconds(votes.percentile(share))}"
        for share in (0.5, 0.9, 0.99)
    )
    return Group(
        Text(f"\n{hall.doing}", style="bold"),
        Text(
            f"{elapsed_s:.0f} s · {hall.arrived:,} inside · {hall.votes:,} votes acknowledged · "
            f"{share_of(measured.failed, measured.sent)} of the requests failed\n"
        ),
        table,
        Text(f"\nA vote is on the screens: {fresh if votes.total else 'none yet'}"),
    )
