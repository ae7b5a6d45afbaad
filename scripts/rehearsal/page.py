"""The report: one HTML file that holds all it shows, for whoever has to believe it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from scripts.rehearsal.outcome import Outcome, Staleness
from scripts.rehearsal.pictures import pictures
from scripts.rehearsal.recount import Recount, Row
from scripts.rehearsal.verdict import Limits, Verdict
from scripts.rehearsal.wording import milliseconds, percent, size

_STYLE = Path(__file__).with_name("page.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_page(path: Path, outcome: Outcome, verdict: Verdict, limits: Limits) -> None:
    """Write the report; raise `OSError` when that is not possible."""
    path.write_text(page(outcome, verdict, limits), encoding="utf-8")


def page(outcome: Outcome, verdict: Verdict, limits: Limits) -> str:
    """Return the report as HTML."""
    word, _, rest = verdict.sentence.partition(": ")
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Dress rehearsal: {word.lower()}</title>",
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>",
        f"<h1>Dress rehearsal</h1>{_subtitle(outcome)}",
        f'<div class="verdict{" ready" if verdict.is_ready else ""}">',
        f"<strong>{escape(word)}</strong><p>{escape(rest)}</p></div>",
        _cards(outcome, limits),
        _checks(verdict),
        '<h2>How it went</h2><p class="soft">Shaded: a poll is open.</p>',
        f'<div class="pair">{pictures(outcome, limits)}</div>',
        f"<h2>What was counted</h2>{_counted(outcome)}",
        f"<h2>How long things took</h2>{_tables(outcome)}",
        f"<h2>What was asked, and where</h2>{_circumstances(outcome, limits)}",
        _READING,
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def _subtitle(outcome: Outcome) -> str:
    when = datetime.fromisoformat(outcome.ended_at)
    return (
        f'<p class="soft">{escape(outcome.url)}, {when:%d %B %Y, %H:%M} UTC: '
        f"{outcome.attendees:,} simulated attendees, {outcome.took_s:.0f} s</p>"
    )


def _cards(outcome: Outcome, limits: Limits) -> str:
    stale = max(outcome.openings.p99_s, outcome.results.p99_s)
    wrong = outcome.miscounted + outcome.wrong_totals
    cards = [
        (f"{outcome.arrived:,}", "attendees inside", outcome.arrived < outcome.attendees),
        (f"{outcome.votes:,}", "votes acknowledged", not outcome.votes),
        (f"{outcome.lost:,}", "votes lost", outcome.lost > 0),
        (f"{wrong:,}", "counts published wrong", wrong > 0),
        (milliseconds(stale), "until 99 % of screens show it", stale > limits.staleness_s),
        (
            percent(outcome.errors_share),
            "of the requests failed",
            outcome.errors_share > limits.errors_share,
        ),
    ]
    return '<div class="cards">{}</div>'.format(
        "".join(
            f'<div class="card{" bad" if bad else ""}"><b>{value}</b><span>{label}</span></div>'
            for value, label, bad in cards
        )
    )


def _checks(verdict: Verdict) -> str:
    lines = "".join(
        f'<li class="{"" if check.passed else "bad"}">{escape(check.sentence)}</li>'
        for check in verdict.checks
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in verdict.notes)
    shown = f'<div class="panel notes"><h3>Worth knowing</h3>{notes}</div>' if notes else ""
    return f'<h2>The checks</h2><div class="panel"><ul class="checks">{lines}</ul></div>{shown}'


def _counted(outcome: Outcome) -> str:
    polls = "".join(_poll(poll) for poll in outcome.polls)
    upvotes = outcome.upvotes
    wrong = "".join(_bar(row, _highest(upvotes)) for row in upvotes.miscounted)
    questions = (
        f'<div class="panel"><h3>{escape(upvotes.title)}</h3>'
        f'<p class="soft">{upvotes.voters.published:,} upvotes of {len(upvotes.rows):,} questions; '
        f"{_is_exact(upvotes)}</p>{wrong}</div>"
    )
    reactions = _poll(outcome.reactions) if outcome.reactions.rows else ""
    return f'<div class="pair three">{polls}{questions}{reactions}</div>'


def _poll(poll: Recount) -> str:
    bars = "".join(_bar(row, _highest(poll)) for row in poll.rows)
    return (
        f'<div class="panel"><h3>{escape(poll.title)}</h3>'
        f'<p class="soft">{poll.voters.published:,} {poll.voters.label}; {_is_exact(poll)}</p>{bars}</div>'
    )


def _is_exact(recount: Recount) -> str:
    if recount.is_exact:
        return "exactly what was acknowledged"
    return f"{recount.voters.expected:,} were acknowledged, {recount.lost:,} lost"


def _highest(recount: Recount) -> int:
    return max((row.published for row in recount.rows), default=0) or 1


def _bar(row: Row, highest: int) -> str:
    count = f"{row.published:,}" if row.is_right else f"{row.published:,} ≠ {row.expected:,}"
    return (
        f'<div class="option{"" if row.is_right else " bad"}"><span>{escape(row.label)}</span>'
        f'<i style="width: {row.published / highest * 100:.1f}%"></i><em>{count}</em></div>'
    )


def _tables(outcome: Outcome) -> str:
    operations = [
        (
            each.title,
            f"{each.sent:,}",
            *(milliseconds(each_s) for each_s in (each.p50_s, each.p95_s, each.p99_s)),
            milliseconds(each.longest_s),
            f"{each.errors:,}",
        )
        for each in outcome.operations
    ]
    heads = ("From when it was due", "requests", "p50", "p95", "p99", "longest", "errors")
    screens = [
        ("A new poll", *_staleness(outcome.openings)),
        ("A vote in the results", *_staleness(outcome.results)),
    ]
    shares = ("On the screens of", "50 %", "90 %", "95 %", "99 %", "all")
    failures = [(each.operation, each.reason, f"{each.count:,}") for each in outcome.failures]
    return "".join(
        f'<div class="panel" style="margin-bottom: 12px">{table}</div>'
        for table in (
            _table(heads, operations),
            _table(shares, screens),
            _table(("What failed", "how", "times"), failures) if failures else "No request failed.",
        )
    )


def _staleness(seen: Staleness) -> Sequence[str]:
    shares = (seen.p50_s, seen.p90_s, seen.p95_s, seen.p99_s, seen.all_s)
    return [milliseconds(seconds) for seconds in shares]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], style: str = "") -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    head = f"<tr>{head}</tr>" if head else ""
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<table class="{style}">{head}{body}</table>'


def _circumstances(outcome: Outcome, limits: Limits) -> str:
    asked = [
        ("Attendees", f"{outcome.attendees:,}, arriving within {outcome.arrival_s:.0f} s"),
        ("Length", f"{outcome.minutes:g} min, {len(outcome.polls)} polls, questions after each"),
        ("Screens must be fresh within", f"{milliseconds(limits.staleness_s)} for 99 %"),
        ("Joins and votes must take at most", f"{milliseconds(limits.answer_s)} for 99 of 100"),
        ("Requests that may fail", percent(limits.errors_share)),
        ("Received and sent", f"{size(outcome.bytes_received)} and {size(outcome.bytes_sent)}"),
        ("Connections opened", f"{outcome.connections:,}"),
        ("How late this computer was (p99)", milliseconds(outcome.lateness_p99_s)),
        *((name, str(value)) for name, value in outcome.environment.items()),
    ]
    return f'<div class="panel">{_table((), asked, "left")}</div>'


_READING = """
<h2>How to read this</h2>
<div class="panel">
<p><b>A vote is lost</b> when the deployment acknowledged it, and afterwards does not have it: not in
the voter's own view, or not in the published number of voters. <b>A count is wrong</b> when what is published
of an option is not the sum of what was acknowledged last to each attendee.</p>
<p><b>A screen is fresh</b> when a poll shows what was acknowledged. That takes the time until the next
poll, two seconds or so, besides what the deployment itself takes.</p>
<p><b>Times</b> count from when an attendee wanted something, not from when it was sent: a stall is
felt by all who waited behind it. 1 % of the attendees waited longer than p99. They are true to 2 %.</p>
</div>"""
