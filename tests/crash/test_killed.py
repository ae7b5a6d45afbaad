"""I1 and I2: whatever is killed amid a burst, each acknowledged vote is there, and counts once."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.crash.burst import LINES, VOTES, Burst
from tests.crash.counting import check_counted, prepare
from tests.crash.deployment import WORKERS, Deployment

pytestmark = pytest.mark.crash


def check_all_were_told(burst: Burst) -> None:
    """Assert that everyone was acknowledged in the end, with nothing left open."""
    assert burst.statuses[409] == 0
    assert [voter.acknowledged for voter in burst.voters] == [
        voter.wishes[-1] for voter in burst.voters
    ]
    assert not any(voter.unsettled for voter in burst.voters)


def test_votes_survive_server_processes_that_are_killed(deployment: Deployment) -> None:
    event, burst = prepare(deployment, seed=1)
    with burst.under_way():
        for number in range(WORKERS):
            burst.wait_for_acknowledged((number + 1) * VOTES // 4)
            deployment.kill_worker(number)
    check_all_were_told(burst)
    check_counted(deployment, event, burst)
    assert burst.statuses[None] > 0


def test_votes_survive_a_database_that_is_killed_and_started_again(deployment: Deployment) -> None:
    event, burst = prepare(deployment, seed=2)
    with burst.under_way():
        for time in range(2):
            burst.wait_for_acknowledged((time + 1) * VOTES // 4)
            deployment.restart_database()
    check_all_were_told(burst)
    check_counted(deployment, event, burst)
    assert burst.statuses[503] > 0


def test_votes_survive_the_end_of_every_database_connection(deployment: Deployment) -> None:
    event, burst = prepare(deployment, seed=3)
    with burst.under_way():
        for time in range(8):
            burst.wait_for_acknowledged((time + 1) * VOTES // 10)
            assert deployment.drop_connections() > 0
    check_all_were_told(burst)
    check_counted(deployment, event, burst)


@pytest.mark.parametrize(
    ("strike", "kind"),
    [
        (Deployment.kill_all_workers, "ranking"),
        (Deployment.restart_database, "open_text"),
        (Deployment.drop_connections, "word_cloud"),
    ],
)
def test_votes_under_way_when_all_is_struck_are_not_acknowledged_before_and_count_once_after(
    deployment: Deployment, strike: Callable[[Deployment], object], kind: str
) -> None:
    # One wish each: a request whose sender lost its connection may be written after later ones.
    event, burst = prepare(deployment, seed=7, votes=LINES, wishes=1, kinds=[kind])
    with ExitStack() as shut:
        shut.enter_context(deployment.shut_gate(burst.polls[0]))
        with burst.under_way():
            deployment.wait_for_waiting()
            acknowledged_too_soon = burst.statuses[200]
            strike(deployment)
            shut.close()
    check_all_were_told(burst)
    check_counted(deployment, event, burst)
    assert acknowledged_too_soon == 0
    assert burst.statuses[200] == LINES
