"""docs/operations.md is true: its tables are the code's, and its statement does what it says."""

import json
import re
import subprocess
import sys

import pytest

from handlers.operations import rotate_signing_keys, shift_burst
from scripts.sizing.costs import event_hour, standing, total
from scripts.sizing.model import POLLS_PER_CORE, Audience, needs_of
from scripts.sizing.pages import capacity_table, cost_table
from shared.burst.settings import BurstSettings
from tests.support.api import Api
from tests.support.application import ROOT
from tests.support.databases import run_sql
from tests.support.terraform import text_of

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def burst_rows() -> list[str]:
    rows = []
    for name, setting in BurstSettings.model_fields.items():
        if name == "aws_region":
            continue
        default = "" if setting.is_required() or not setting.default else f"`{setting.default}`"
        rows.append(f"| `{name.upper()}` | {default} | {setting.description} |")
    return rows


@pytest.mark.parametrize(
    "expected",
    ["\n".join(burst_rows()), capacity_table(), cost_table()],
    ids=lambda text: text[:12],
)
def test_each_table_is_what_the_code_says(expected: str) -> None:
    assert expected in PAGE, f"put this table into docs/operations.md:\n{expected}"


def test_the_handlers_that_the_page_names_are_there() -> None:
    named = set(re.findall(r"`(handlers\.operations\.\w+)(?:\.handler)?`", PAGE))
    assert named == {shift_burst.__name__, rotate_signing_keys.__name__}


async def test_the_statement_after_a_restore_makes_every_cursor_ask_for_a_snapshot(
    api: Api, database_url: str
) -> None:
    first, second = await api.make_event(), await api.make_event()
    cursors = [(await api.changes(event))["cursor"] for event in (first, second)]
    (statement,) = re.findall(r"`(UPDATE events SET feed_epoch[^`]+)`", PAGE)
    run_sql(database_url, statement)
    for event, cursor in zip((first, second), cursors, strict=True):
        page = await api.changes(event, since=cursor)
        assert page["reset"] is True
        assert page["cursor"].split("-")[0] != cursor.split("-")[0]
    epochs = run_sql(database_url, "SELECT feed_epoch FROM events")
    assert len(set(epochs)) == len(epochs)


def test_what_is_said_of_the_spike_is_what_its_picture_says() -> None:
    picture = (ROOT / "docs" / "images" / "burst.svg").read_text(encoding="utf-8")
    (title,) = re.findall(r"<!-- (.* votes served, .*) -->", picture)
    assert title in PAGE


def test_every_alarm_that_wakes_somebody_is_on_the_page_with_what_to_do() -> None:
    table = PAGE.split("## Alarms")[1]
    told = set(
        re.findall(r"`([a-z0-9-]+)`", "".join(re.findall(r"^\| (.+?) \|", table, re.MULTILINE)))
    )
    text = text_of("modules/observability/main.tf")
    alarms = set(
        re.findall(r"^    ([a-z0-9-]+) = \{$", text.split("  alarms = {")[1], re.MULTILINE)
    )
    alarms |= set(re.findall(r'alarm_name += "\$\{var\.name\}-([a-z-]+[a-z])(?:-\$|")', text)) - {
        "errors"
    }
    assert {"feed-lag", "lost-tick", "throttles", "latency-p99"} <= alarms
    assert alarms <= told
    for operation in ("shift_burst", "rotate_signing_keys", "erase_expired"):
        assert f"| errors of `{operation}` |" in table


def capacity(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "capacity", *arguments], capture_output=True, text=True
    )


def test_prices_are_said_to_be_from_memory_wherever_they_are_printed() -> None:
    assert "written from memory in November 2025" in PAGE
    assert "check the AWS calculator" in PAGE
    printed = capacity("--attendees", "1000").stdout
    assert "from memory, November 2025: check the AWS calculator" in printed


def test_the_calculator_prints_the_arithmetic_or_json() -> None:
    told = capacity("--attendees", "100000")
    assert told.returncode == 0, told.stderr
    assert "10,000/s   all vote within 10 s" in told.stdout
    known = json.loads(capacity("--attendees", "100000", "--json").stdout)
    assert known["tasks"] == needs_of(Audience(100_000)).tasks
    assert known["event_hour_usd"] > 100


@pytest.mark.parametrize(
    "arguments",
    [(), ("--attendees", "0"), ("--attendees", "1", "--vote-within", "0"), ("--attendees", "x")],
)
def test_a_call_that_makes_no_sense_is_refused(arguments: tuple[str, ...]) -> None:
    assert capacity(*arguments).returncode == 2


def test_an_audience_without_a_cdn_needs_servers_for_every_poll() -> None:
    behind, bare = needs_of(Audience(100_000)), needs_of(Audience(100_000, cdn=False))
    assert behind.origin_polls_per_s < 100 < bare.origin_polls_per_s == 40_000
    assert bare.server_cores - behind.server_cores == pytest.approx(
        40_000 / POLLS_PER_CORE / 0.5, rel=0.01
    )


def test_ten_times_the_audience_costs_ten_times_the_requests_and_no_more_standing_servers() -> None:
    small, large = Audience(1_000), Audience(10_000)
    hours = [total(event_hour(each, needs_of(each))) for each in (small, large)]
    assert hours[1] == pytest.approx(10 * hours[0])
    assert total(standing(needs_of(small))) == total(standing(needs_of(large)))
