"""What alarms and dashboard of Terraform watch is what the application writes: names, dimensions, units."""

import re

import pytest

from handlers.operations import shift_burst
from shared.observability import metrics
from tests.support.api import Api
from tests.support.feed import publish_now
from tests.support.functions import FUNCTIONS
from tests.support.load_balancer import load_balancer
from tests.support.log_lines import Metric, emf_metrics
from tests.support.settings import changed_settings
from tests.support.terraform import text_of

ALARMS = text_of("modules/observability/main.tf")
DASHBOARD = text_of("modules/observability/dashboard.tf")
# What both say of a metric: its dimensions are these two, and the second is the operation.
DIMENSIONS = r'environment = var\.environment, operation = "(\w+)"'


def watched_by_alarms() -> set[tuple[str, str]]:
    """Return each of our own metrics that an alarm asks for, with its operation."""
    (feed,) = re.findall(rf"feed\s+= {{ {DIMENSIONS} }}", ALARMS)
    asked = ALARMS.replace(
        "local.feed", f'{{ environment = var.environment, operation = "{feed}" }}'
    )
    of_the_table = re.findall(
        rf'namespace\s*= "Ovation", metric = "(\w+)", dimensions = {{ {DIMENSIONS} }}', asked
    )
    of_a_query = re.findall(
        rf'namespace\s+= "Ovation"\s+metric_name = "(\w+)"\s+dimensions\s+= {{ {DIMENSIONS} }}',
        asked,
    )
    assert len(of_the_table) + len(of_a_query) == asked.count(
        '"Ovation"'
    ), "one is written otherwise"
    return {*of_the_table, *of_a_query}


def shown_by_the_dashboard() -> set[tuple[str, str]]:
    """Return each of our own metrics that the dashboard shows, with its operation."""
    shown = re.findall(
        r'\["Ovation", "(\w+)", "environment", var\.environment, "operation", "(\w+)"\]', DASHBOARD
    )
    assert len(shown) == DASHBOARD.count('"Ovation"'), "one is written otherwise"
    return set(shown)


@pytest.fixture
def written_by_a_shift(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[Metric]:
    """What a shift of the burst writes."""
    metrics.flush_if_due(now=True)
    capsys.readouterr()
    with load_balancer(monkeypatch, *FUNCTIONS) as aws, changed_settings(metrics_enabled=True):
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        shift_burst._aws.cache_clear()
        shift_burst.handler({}, None)
        shift_burst._aws.cache_clear()
    return emf_metrics(capsys.readouterr().out)


async def written_by_the_audience(api: Api, capsys: pytest.CaptureFixture[str]) -> list[Metric]:
    """Return what a vote, an answer and the tick after them write."""
    event = await api.make_event()
    poll, voter = await api.make_poll(event), await api.join(event)
    question = (await api.make_quiz(event))["questions"][0]
    with changed_settings(metrics_enabled=True):
        assert (await api.vote(voter, poll, 0)).status_code == 200
        assert (await api.choose(voter, question, 0)).status_code == 200
        await publish_now(event)
        metrics.flush_if_due(now=True)
    return emf_metrics(capsys.readouterr().out)


async def test_every_metric_of_ours_that_is_watched_is_written_with_these_dimensions(
    api: Api, capsys: pytest.CaptureFixture[str], written_by_a_shift: list[Metric]
) -> None:
    found = written_by_a_shift + await written_by_the_audience(api, capsys)
    # CloudWatch finds a metric by all of its dimensions, and knows nothing of one more or one fewer.
    assert {frozenset(each.dimensions) for each in found} == {
        frozenset({"environment", "operation"})
    }
    written = {(each.name, each.dimensions["operation"]) for each in found}
    assert watched_by_alarms() == {("FeedLag", "get_changes"), ("Votes", "cast_vote")}
    assert watched_by_alarms() | shown_by_the_dashboard() <= written
    # The alarm's threshold, and the dashboard's title, are in milliseconds.
    assert {each.unit for each in found if each.name == "FeedLag"} == {"Milliseconds"}
    assert '"Feed lag, ms"' in DASHBOARD


def test_servers_and_functions_write_metrics_under_the_name_that_the_alarms_know() -> None:
    environment = text_of("environments/prod/main.tf")
    assert re.search(r'METRICS_ENABLED\s+= "true"', environment)
    assert re.search(r"ENVIRONMENT\s+= var\.environment", environment)
    shift = text_of("modules/burst/shift.tf")
    assert re.search(r'METRICS_ENABLED\s+= "true"', shift)
    assert re.search(r"ENVIRONMENT\s+= var\.environment", shift)
