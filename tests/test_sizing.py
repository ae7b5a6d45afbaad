"""The capacity model stands on what was measured and on what Terraform makes, and its bill adds up."""

import re

import pytest

from scripts.sizing import costs, model, prices
from scripts.sizing.model import AUDIENCES_OF_THE_PAPERS as AUDIENCES
from scripts.sizing.model import Audience, needs_of
from tests.support.application import ROOT
from tests.support.terraform import text_of

BENCHMARKS = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
PAPERS = BENCHMARKS + (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def measured(figure: str, *, in_the_remark: bool) -> float:
    """Return what docs/benchmarks.md says of one core: its median, or the rate in the remark."""
    (row,) = re.findall(rf"^\| `{figure}` \|(.*)\|$", BENCHMARKS, re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    told = re.findall(r"^([\d,]+)(?: votes)?/s", cells[-1])[0] if in_the_remark else cells[1]
    return float(told.replace(",", ""))


@pytest.mark.parametrize(
    ("planned", "figure", "in_the_remark"),
    [
        (model.VOTES_PER_CORE, "votes_ratio_64", True),
        (model.POLLS_PER_CORE, "polls_ratio_busy", True),
        (model.JOINS_PER_CORE, "joins_per_s", False),
    ],
)
def test_what_a_core_is_taken_to_bear_was_measured(
    planned: float, figure: str, in_the_remark: bool
) -> None:
    found = measured(figure, in_the_remark=in_the_remark)
    # No more than was seen, give or take what runs differ; nor so much less that nobody looked again.
    assert 0.5 * found <= planned <= 1.2 * found, f"{figure} is {found:,.0f}/s now"


def test_what_a_vote_costs_the_database_was_measured() -> None:
    (most,) = re.findall(r"PostgreSQL needs \d+ to (\d+) µs for a vote in a batch", PAPERS)
    assert float(most) * 1e-6 == pytest.approx(model.DATABASE_S_PER_VOTE)


def test_the_bill_counts_what_terraform_makes() -> None:
    (endpoints,) = re.findall(
        r"interface_endpoints = toset\(\[(.*)\]\)", text_of("modules/network/main.tf")
    )
    assert costs.ENDPOINTS == len(endpoints.split(","))
    firewall = text_of("modules/edge/firewall.tf")
    rules = re.findall(r"priority = \d+", firewall.split("resource ")[0])
    # One list is five dollars, and each rule is one.
    assert prices.FIREWALL_MONTH == 5 + len(rules)
    values = text_of("environments/prod/terraform.tfvars")
    for name, expected in (
        ("task_cpu", model.VCPU_PER_TASK * 1024),
        ("task_memory_mb", model.GB_PER_TASK * 1024),
        ("least_tasks", model.LEAST_TASKS),
        ("database_storage_gb", costs.STORAGE_GB),
        ("function_memory_mb", round(model.FUNCTION_GB * 1000)),
        ("database_pool_size", model.POOL_SIZE),
    ):
        assert re.search(rf"^{name}\s+= {expected}$", values, re.MULTILINE), name


@pytest.mark.parametrize("attendees", AUDIENCES)
def test_the_arithmetic_of_each_line_gives_its_dollars(attendees: int) -> None:
    needs = needs_of(Audience(attendees))
    reckoned = 0
    for line in (*costs.standing(needs), *costs.event_hour(Audience(attendees), needs)):
        terms = re.sub(r"^[\w.]+: ", "", line.because)
        terms = terms.replace(",", "").replace("×", "*").replace("/ M", "/1e6")
        terms = re.sub(r" M\b", "*1e6", terms)
        terms = re.sub(r" (h|s|GB|zones)\b", "", terms)
        if not re.fullmatch(r"[\d.e*+/() ]+", terms):
            assert line.what in ("firewall", "small things"), line
            continue
        reckoned += 1
        # The numbers that are shown are rounded.
        shown = eval(terms)  # nosec B307: digits and signs, as was just looked at
        assert shown == pytest.approx(line.usd, rel=0.03, abs=0.005), line
    assert reckoned == 11


def test_the_database_has_the_cores_that_it_needs_whoever_comes() -> None:
    for attendees in (1, 20_000, 100_000, 1_000_000, 10_000_000):
        needs = needs_of(Audience(attendees))
        assert prices.DATABASE_VCPU[needs.database_class] >= needs.database_cores
        assert costs.total(costs.standing(needs)) > 0
