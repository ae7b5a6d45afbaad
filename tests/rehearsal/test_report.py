"""The verdict and the report, on plain values."""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from scripts.rehearsal.charts import Axes, Line, chart
from scripts.rehearsal.histogram import Histogram
from scripts.rehearsal.json_report import as_json
from scripts.rehearsal.outcome import ErrorFigures, Moment, OperationFigures, Outcome, Staleness
from scripts.rehearsal.page import page
from scripts.rehearsal.recount import Recount, Row
from scripts.rehearsal.show import Phase
from scripts.rehearsal.verdict import Limits, judge
from scripts.rehearsal.wording import milliseconds, percent, size

LIMITS = Limits()


def staleness(seconds: float = 1.0, *, never: int = 0) -> Staleness:
    seen = Histogram()
    for _ in range(100 - never):
        seen.add(seconds)
    seen.add_never(never)
    return Staleness.of(seen)


def operation(name: str, p99_s: float = 0.1, errors: int = 0) -> OperationFigures:
    return OperationFigures(name, 1000, errors, 0.01, 0.05, p99_s, 0.2)


def poll(*rows: Row, voters: int = 100, published: int = 100, lost: int = 0) -> Recount:
    title = "Poll 1: Where & <when>?"
    return Recount(title, Row("voters", voters, published), rows, lost, unknown=0)


GOOD = Outcome(
    url="https://ovation.example.org",
    ended_at="2026-11-25T20:00:00+00:00",
    attendees=100,
    minutes=1,
    arrival_s=12,
    arrival_took_s=12,
    arrived=100,
    joins_per_s=8.3,
    busiest_joins_per_s=10,
    busiest_requests_per_s=90,
    slowed_joins=0,
    votes=230,
    too_late=0,
    sent=4000,
    errors=0,
    bytes_received=1_500_000,
    bytes_sent=90_000,
    connections=100,
    resent=0,
    took_s=61,
    longest_poll_after_s=2,
    lateness_p99_s=0.01,
    screens_behind=0,
    operations=[operation("join_event"), operation("get_changes"), operation("cast_vote")],
    failures=[],
    openings=staleness(),
    results=staleness(2),
    polls=[poll(Row("Lisbon", 60, 60), Row("At <home>", 40, 40))],
    upvotes=Recount("Upvotes of all questions", Row("voters", 5, 5), [Row("Why?", 5, 5)], 0, 0),
    reactions=Recount("Reactions", Row("reactions", 9, 9), [Row("clap", 9, 9)], 0, 0),
    moments=[Moment(float(n), 60 + n, 8, 0, 0.01, 0.05, 0.02, 0.09) for n in range(60)],
    moment_s=1,
    phases=[Phase("arrival", 0, 12), Phase("poll", 12, 28)],
    environment={"Ovation": "0.1.0"},
)


def test_a_rehearsal_without_a_flaw_is_ready() -> None:
    verdict = judge(GOOD, LIMITS)
    assert verdict.is_ready and not verdict.notes
    assert verdict.sentence == (
        "Ready: 100 attendees joined and voted 230 times, every vote was counted once, and 99 % of "
        "the screens showed it within 2.0 s."
    )


FLAWS: dict[str, tuple[dict[str, Any], str]] = {
    "a lost vote": (
        {"polls": [poll(Row("Lisbon", 60, 60), lost=1)]},
        "1 acknowledged vote is lost.",
    ),
    "lost votes and upvotes": (
        {
            "polls": [poll(lost=2)],
            "upvotes": Recount("Upvotes", Row("voters", 5, 5), [], lost=1, unknown=0),
        },
        "2 acknowledged votes and 1 acknowledged upvote are lost.",
    ),
    "wrong counts": (
        {"polls": [poll(*(Row(name, 2, 3) for name in "abcde"), published=101)]},
        "Published counts are wrong: a 3 instead of 2, b 3 instead of 2, c 3 instead of 2, "
        "d 3 instead of 2 and 2 more.",
    ),
    "wrong upvotes": (
        {"upvotes": Recount("Upvotes", Row("voters", 5, 5), [Row("Why?", 5, 4)], 0, 0)},
        "Published counts are wrong: Why? 4 instead of 5.",
    ),
    "lost reactions": (
        {"reactions": Recount("Reactions", Row("reactions", 9, 8), [], lost=1, unknown=0)},
        "1 acknowledged reaction is lost. Published counts are wrong: reactions 8 instead of 9.",
    ),
    "nobody voted": ({"votes": 0, "polls": [poll(voters=0, published=0)]}, "Nobody could vote."),
    "some stay outside": ({"arrived": 98}, "98 of 100 attendees got in."),
    "stale results": (
        {"results": staleness(5.4)},
        "99 % of the screens showed a new poll within 1.0 s and a vote within 5.4 s (the limit is "
        "5.0 s).",
    ),
    "screens that never showed it": (
        {"openings": staleness(never=2)},
        "More than 1 % of the screens never showed what was new (the limit is 5.0 s).",
    ),
    "screens that end wrong": (
        {"screens_behind": 2},
        "98 of 100 screens show the final results.",
    ),
    "slow voting": (
        {"operations": [operation("cast_vote", p99_s=2.5)]},
        "Voting took up to 2.5 s for 99 of 100 (the limit is 2.0 s).",
    ),
    "errors": (
        {"errors": 42},
        "42 of 4,000 requests failed (1.05 %; the limit is 1 %).",
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_every_flaw_is_not_ready_and_is_named(flaw: str) -> None:
    changes, sentence = FLAWS[flaw]
    verdict = judge(replace(GOOD, **changes), LIMITS)
    assert not verdict.is_ready
    assert verdict.sentence == f"Not ready: {sentence}"


def test_a_limit_may_be_reached_but_not_passed() -> None:
    at_limits = replace(GOOD, results=staleness(5), errors=40, screens_behind=1)
    assert judge(at_limits, LIMITS).is_ready
    assert not judge(at_limits, Limits(staleness_s=4.9)).is_ready
    assert not judge(at_limits, Limits(errors_share=0.005)).is_ready


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slowed_joins": 3, "arrival_took_s": 40.0}, "took 40 s to come in instead of 12 s"),
        ({"lateness_p99_s": 0.3}, "This computer was late by up to 300 ms itself"),
        ({"longest_poll_after_s": 5.0}, "to poll every 5 s only"),
        ({"resent": 300}, "300 requests lost their connection before an answer"),
        ({"too_late": 4}, "4 votes came after the close"),
        ({"polls": [replace(GOOD.polls[0], unknown=2)]}, "2 votes were never answered"),
    ],
)
def test_what_explains_a_result_is_noted_and_is_no_flaw(
    changes: dict[str, Any], words: str
) -> None:
    verdict = judge(replace(GOOD, **changes), LIMITS)
    assert verdict.is_ready
    (note,) = verdict.notes
    assert words in note


BAD = replace(
    GOOD,
    polls=[poll(Row("<script>alert(1)</script>", 60, 59), lost=1)],
    results=staleness(never=3),
    errors=50,
    failures=[ErrorFigures("cast_vote", "503 unavailable <b>", 50)],
)


class Loaded(HTMLParser):
    """Collects what a page would fetch or run, and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.fetched.append(tag)
        self.fetched += [f"{tag} {value}" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("outcome", [GOOD, BAD], ids=["ready", "not ready"])
def test_the_report_holds_all_that_it_shows_and_runs_nothing(outcome: Outcome) -> None:
    html = page(outcome, judge(outcome, LIMITS), LIMITS)
    loaded = Loaded()
    loaded.feed(html)
    assert (loaded.fetched, loaded.open) == ([], [])
    assert "url(" not in html and "@import" not in html
    assert set(re.findall(r"https?://[^\s<,\"]+", html)) == {GOOD.url}
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", html) and "inf " not in html
    assert html.count("<svg") == 4


def test_the_report_says_what_is_wrong_where_it_is() -> None:
    html = page(BAD, judge(BAD, LIMITS), LIMITS)
    assert "<strong>Not ready</strong><p>1 acknowledged vote is lost." in html
    assert "59 ≠ 60" in html and "&lt;script&gt;alert(1)" in html
    assert "503 unavailable &lt;b&gt;" in html and "Requests that failed" in html
    assert "never" in html
    assert "59 ≠ 60" not in page(GOOD, judge(GOOD, LIMITS), LIMITS)


def test_the_file_for_programs_is_json_and_what_never_ended_is_null() -> None:
    figures = json.loads(as_json(BAD, judge(BAD, LIMITS)), parse_constant=pytest.fail)
    assert (figures["ready"], figures["lost"], figures["miscounted"]) == (False, 1, 1)
    assert figures["results"]["p99_s"] is None
    assert figures["verdict"].startswith("Not ready: 1 acknowledged vote is lost.")
    assert figures["failures"][0]["count"] == 50
    assert {"name": "No vote is lost", "passed": False} == {
        name: figures["checks"][1][name] for name in ("name", "passed")
    }


@pytest.mark.parametrize("value", [0.0, 0.0004, 1130.0, math.pi])
def test_a_picture_has_room_for_whatever_was_measured(value: float) -> None:
    svg = chart("Load", [Line("all", "#000", [(0, 0), (60, value)])], Axes("s", "per s"))
    ((drawn,),) = [re.findall(r'points="([^"]+)"', svg)]
    for point in drawn.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 460 and 0 <= y <= 240


def test_a_picture_of_nothing_is_empty_axes() -> None:
    assert "<svg" in chart("Load", [Line("all", "#000", [])], Axes("s", "per s"))


def test_numbers_read_as_people_write_them() -> None:
    shown = [milliseconds(each) for each in (0.0004, 0.25, 0.9999, 2.04, math.inf)]
    assert shown == ["0 ms", "250 ms", "1.0 s", "2.0 s", "never"]
    assert [percent(each) for each in (0, 0.0004, 0.05, 0.994)] == ["0 %", "0.04 %", "5 %", "99 %"]
    assert [size(each) for each in (12, 1_500, 2_000_000, 3_000_000_000)] == [
        "12 B",
        "1.5 kB",
        "2.0 MB",
        "3.0 GB",
    ]
