"""`shift_burst` against moto, which is kept to the limits of AWS: alarms in, weights out."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from handlers.operations import shift_burst
from shared.burst.errors import ShiftRefused
from tests.support.application import ROOT
from tests.support.functions import FUNCTIONS
from tests.support.load_balancer import (
    CALM,
    FAILING,
    HOT,
    SERVERS,
    STATE,
    SWITCH,
    LimitExceeded,
    LoadBalancer,
    check_limits,
    forward,
    load_balancer,
)


class Clock:
    """The time that `shift_burst` sees."""

    now = 1_764_100_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(shift_burst, "time", clock)
    return clock


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[LoadBalancer]:
    with load_balancer(monkeypatch, *FUNCTIONS) as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        shift_burst._aws.cache_clear()
        yield aws
        shift_burst._aws.cache_clear()


def alarm_message(name: str, state: str) -> dict[str, Any]:
    """Return an alarm's message as SNS brings it."""
    text = json.dumps({"AlarmName": name, "NewStateValue": state, "OldStateValue": "OK"})
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]}


def shift(event: object = None) -> dict[str, int]:
    return shift_burst.handler(event or {"source": "aws.events"}, None)


def test_a_spike_moves_every_rule_and_calm_brings_all_of_it_back(
    aws: LoadBalancer, clock: Clock
) -> None:
    assert shift() == {"servers": 100, "functions": 0}
    aws.set_alarm(HOT, on=True)
    assert shift(alarm_message(HOT, "ALARM")) == {"servers": 33, "functions": 67}
    assert aws.all_weights() == {(33, 67)}
    clock.now += 60
    assert shift() == {"servers": 11, "functions": 89}
    aws.set_alarm(HOT, on=False)
    aws.set_alarm(CALM, on=True)
    seen = []
    for _ in range(6):
        clock.now += 180
        seen.append(shift()["servers"])
    assert seen == [16, 24, 36, 54, 81, 100]
    assert aws.all_weights() == {(100, 0)}


def test_messages_that_come_twice_late_or_in_another_order_move_nothing(
    aws: LoadBalancer, clock: Clock
) -> None:
    aws.set_alarm(HOT, on=True)
    shift(alarm_message(HOT, "ALARM"))
    aws.calls.clear()
    messages = [alarm_message(name, state) for name in (HOT, CALM) for state in ("ALARM", "OK")] * 5
    random.Random(20_261_125).shuffle(messages)
    for message in [*messages, {}, {"Records": "?"}]:
        clock.now += 1
        assert shift(message) == {"servers": 33, "functions": 67}
    assert aws.calls == []


def test_rules_that_could_not_be_reached_are_brought_along_the_next_time(
    aws: LoadBalancer, clock: Clock
) -> None:
    aws.set_alarm(HOT, on=True)
    aws.stuck.add(aws.rules["cast_vote"])
    with pytest.raises(LimitExceeded):
        shift()
    assert aws.all_weights() == {(33, 67), (100, 0)}
    aws.stuck.clear()
    clock.now += 5
    assert shift() == {"servers": 33, "functions": 67}
    assert aws.all_weights() == {(33, 67)}


def test_weights_that_something_else_wrote_are_put_right(aws: LoadBalancer) -> None:
    shift()
    aws.set_weights("ask_question", 500, 999)
    aws.set_weights("join_event", 0, 1)
    shift()
    assert aws.all_weights() == {(100, 0)}


def test_the_switch_gives_everything_to_the_servers_or_leaves_a_persons_weights(
    aws: LoadBalancer, clock: Clock
) -> None:
    aws.set_alarm(HOT, on=True)
    shift()
    aws.set_parameter(SWITCH, "servers")
    assert shift() == {"servers": 100, "functions": 0}
    aws.set_parameter(SWITCH, "hold")
    for operation in FUNCTIONS:
        aws.set_weights(operation, 20, 80)
    clock.now += 1000
    assert shift() == {"servers": 20, "functions": 80}
    assert aws.all_weights() == {(20, 80)}
    aws.set_alarm(HOT, on=False)
    aws.set_parameter(SWITCH, "automatic\n")
    assert shift() == {"servers": 20, "functions": 80}


@pytest.mark.parametrize("position", ["", "off", "AUTOMATIC"])
def test_a_switch_in_no_known_position_stops_every_move(aws: LoadBalancer, position: str) -> None:
    if position:
        aws.set_parameter(SWITCH, position)
    else:
        aws.parameters.delete_parameter(Name=SWITCH)
    aws.set_alarm(HOT, on=True)
    aws.calls.clear()
    with pytest.raises(ShiftRefused, match=SWITCH):
        shift()
    assert aws.calls == []


def test_functions_that_fail_give_back_what_they_have_though_the_servers_are_hot(
    aws: LoadBalancer, clock: Clock
) -> None:
    aws.set_alarm(HOT, on=True)
    shift()
    aws.set_alarm(FAILING, on=True)
    clock.now += 60
    assert shift() == {"servers": 49, "functions": 51}


def test_an_alarm_that_does_not_exist_or_has_no_data_is_no_alarm(
    aws: LoadBalancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.alarms.set_alarm_state(AlarmName=CALM, StateValue="INSUFFICIENT_DATA", StateReason="test")
    assert shift() == {"servers": 100, "functions": 0}
    aws.alarms.delete_alarms(AlarmNames=[HOT])
    with pytest.raises(ShiftRefused, match=HOT):
        shift()
    monkeypatch.setenv("BURST_HOT_ALARM", CALM)
    monkeypatch.setenv("BURST_FAILING_ALARM", "")
    assert shift() == {"servers": 100, "functions": 0}


@pytest.mark.parametrize("kept", ["?", "[]", '{"server_weight": "many"}', "7"])
def test_a_malformed_state_starts_anew_from_the_listener(aws: LoadBalancer, kept: str) -> None:
    aws.set_parameter(STATE, kept)
    for operation in FUNCTIONS:
        aws.set_weights(operation, 40, 60)
    assert shift() == {"servers": 40, "functions": 60}


def test_a_rule_that_does_not_share_between_the_servers_and_one_function_is_left_alone(
    aws: LoadBalancer,
) -> None:
    aws.balancer.modify_rule(
        RuleArn=aws.rules["cast_vote"],
        Actions=[forward(aws.groups["join_event"], 1, aws.groups["cast_vote"], 1)],
    )
    aws.set_alarm(HOT, on=True)
    aws.calls.clear()
    with pytest.raises(ShiftRefused, match="does not forward"):
        shift()
    assert aws.calls == []


def test_whatever_happens_no_call_breaks_a_limit_and_the_weights_of_a_rule_sum_to_100(
    aws: LoadBalancer, clock: Clock
) -> None:
    chance = random.Random(20_261_126)
    for _ in range(60):
        clock.now += chance.choice([0, 1, 60, 180, 4000])
        aws.set_alarm(chance.choice([HOT, CALM, FAILING]), on=chance.random() < 0.5)
        aws.set_parameter(SWITCH, chance.choice(["automatic"] * 8 + ["servers"]))
        moved = shift()
        assert moved["servers"] + moved["functions"] == 100
        assert aws.weights("cast_vote") == (moved["servers"], moved["functions"])
    assert len(aws.all_weights()) == 1


@pytest.mark.parametrize(
    "groups",
    [
        [("a", 1000), ("b", 1)],
        [("a", -1), ("b", 1)],
        [("a", 0), ("b", 0)],
        [("a", 1), ("a", 1)],
        [(name, 1) for name in "abcdef"],
    ],
)
def test_the_limits_of_aws_are_enforced_here(groups: list[tuple[str, int]]) -> None:
    tuples = [{"TargetGroupArn": name, "Weight": weight} for name, weight in groups]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": tuples}}
    with pytest.raises(LimitExceeded):
        check_limits("ModifyRule", {"Actions": [action]})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BURST_RULE_ARNS", ""),
        ("BURST_RULE_ARNS", ",".join("r" * 21)),
        ("BURST_LEAST_SERVER_WEIGHT", "0"),
        ("BURST_MOST_SERVER_WEIGHT", "5"),
        ("BURST_MOST_SERVER_WEIGHT", "101"),
        ("BURST_SHED_FACTOR", "1"),
        ("BURST_RETURN_FACTOR", "0.5"),
    ],
)
def test_a_setting_that_could_break_a_bound_is_refused(
    aws: LoadBalancer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    aws.calls.clear()
    with pytest.raises(ValidationError):
        shift()
    assert aws.calls == []


def test_it_loads_neither_the_database_nor_the_application() -> None:
    program = "import sys, handlers.operations.shift_burst; print(*sorted(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(ran.stdout.split()) & {"sqlalchemy", "fastapi", "psycopg", "boto3"} == set()


def test_the_servers_group_keeps_its_place_and_the_rest_of_the_action_stays(
    aws: LoadBalancer,
) -> None:
    (before,) = aws.balancer.describe_rules(RuleArns=[aws.rules["cast_vote"]])["Rules"]
    aws.set_alarm(HOT, on=True)
    shift()
    (after,) = aws.balancer.describe_rules(RuleArns=[aws.rules["cast_vote"]])["Rules"]
    order = [
        each["TargetGroupArn"] for each in before["Actions"][0]["ForwardConfig"]["TargetGroups"]
    ]
    assert order[1] == aws.groups[SERVERS]
    assert order == [
        each["TargetGroupArn"] for each in after["Actions"][0]["ForwardConfig"]["TargetGroups"]
    ]
    assert after["Conditions"] == before["Conditions"]
