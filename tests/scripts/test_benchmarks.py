"""The pure parts of `scripts/bench`: what it reads from other programs, and what it writes."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from scripts.benchmarks.figures import BY_KEY, FIGURES, Measured, percentile
from scripts.benchmarks.hot_figures import RATIOS
from scripts.benchmarks.main import MEASURES, main
from scripts.benchmarks.programs import parse_pgbench, parse_wrk, wrk
from scripts.benchmarks.report import as_json, table, write_page
from scripts.local.failures import StartFailed

WRK = """Running 1s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  71 requests in 1.10s, 30.51KB read
  Socket errors: connect 1, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 4
Requests/sec:     64.54
Transfer/sec:     27.74KB
"""


def test_wrk_is_read_with_everything_that_was_refused() -> None:
    result = parse_wrk(WRK)
    assert (result.requests, result.per_s, result.refused) == (71, 64.54, 10)


def test_no_rate_is_quoted_when_requests_were_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "wrk"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{WRK}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(StartFailed, match="10 of 71 requests were refused"):
        wrk("http://127.0.0.1:1", connections=1, seconds=1)


@pytest.mark.parametrize("read", [parse_wrk, partial(parse_pgbench, warm_up_s=0)])
def test_a_program_that_failed_is_no_figure(read: Callable[[str], object]) -> None:
    with pytest.raises(StartFailed):
        read("unable to connect")


PGBENCH = """progress: 1.0 s, 0.0 tps, lat 0.000 ms stddev 0.000, 0 failed
progress: 2.1 s, 2184.8 tps, lat 27.597 ms stddev 28.884, 0 failed
progress: 3.0 s, 2866.0 tps, lat 22.559 ms stddev 7.133, 0 failed
progress: 4.0 s, 2870.0 tps, lat 19.713 ms stddev 6.674, 0 failed
tps = 1558.806942 (without initial connection time)
"""


def test_pgbench_is_read_once_it_is_warm() -> None:
    assert parse_pgbench(PGBENCH, warm_up_s=2) == 2868.0


def test_a_pgbench_that_did_not_get_warm_is_no_figure() -> None:
    with pytest.raises(StartFailed):
        parse_pgbench(PGBENCH.partition("progress: 3")[0], warm_up_s=2)


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1), (0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100)]
)
def test_a_percentile_is_the_nearest_rank(share: float, value: int) -> None:
    assert percentile(range(1, 101), share) == value


def sample() -> list[Measured]:
    return [
        Measured(BY_KEY["polls_ratio"], [0.7, 0.9, 0.85], 0.8, "21,000/s"),
        Measured(BY_KEY["flat_reads_ratio"], [1.2], 1.1),
    ]


def test_a_figure_is_its_median_beside_its_goal() -> None:
    ratio, flat = sample()
    assert (ratio.median, ratio.is_met, flat.is_met) == (0.85, True, False)
    lines = table(sample()).splitlines()
    assert lines[1].split()[:4] == ["polls_ratio", "0.85", "0.7", "0.9"]
    assert " yes " in lines[1] and lines[2].endswith("no")


def test_the_json_has_every_figure_by_its_key() -> None:
    everything = [Measured(figure, [1.0], figure.goal) for figure in FIGURES]
    written = json.loads(as_json(everything))
    assert list(written) == [figure.key for figure in FIGURES]
    assert written["polls_ratio"] == {
        "median": 1.0,
        "low": 1.0,
        "high": 1.0,
        "goal": 0.8,
        "unit": "ratio",
    }


def test_each_figure_of_the_table_is_measured_in_its_order() -> None:
    assert list(MEASURES) == [figure.key for figure in FIGURES]


@pytest.mark.parametrize("key", RATIOS)
def test_a_hot_write_is_to_be_as_fast_as_the_database(key: str) -> None:
    figure, (_, connections) = BY_KEY[key], RATIOS[key]
    assert (figure.goal, figure.better) == (1.0, "higher")
    assert figure.title.endswith(f" {connections} connections")


def test_the_page_names_the_command_and_shows_the_picture(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write_page(sample(), page)
    text = page.read_text(encoding="utf-8")
    assert "`scripts/bench`" in text and "images/benchmarks.svg" in text
    assert "| `polls_ratio` |" in text
    assert (tmp_path / "images" / "benchmarks.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_an_unknown_figure_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--only", "polls"])
    assert stopped.value.code == 2
    assert "polls is none of polls_ratio" in capsys.readouterr().err
