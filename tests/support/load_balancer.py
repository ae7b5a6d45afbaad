"""A load balancer, alarms and parameters as moto plays them, with the limits of AWS that moto ignores.

moto takes any weight and any number of target groups, and evaluates no alarm: a test sets them.
"""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto import mock_aws

REGION = "eu-central-1"
SERVERS, SWITCH, STATE = "servers", "/ovation/test/burst/switch", "/ovation/test/burst/state"
HOT, CALM, FAILING = "ovation-hot", "ovation-calm", "ovation-failing"
MOST_GROUPS, MOST_WEIGHT, MOST_RULE_ARNS = 5, 999, 20


class LimitExceeded(Exception):
    """AWS would have refused this call."""


@dataclass
class LoadBalancer:
    """One listener with a rule for each burst endpoint; `calls` are what changed anything."""

    balancer: Any
    alarms: Any
    parameters: Any
    groups: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    # Rules that AWS refuses to change now.
    stuck: set[str] = field(default_factory=set)

    def environment(self, **variables: str) -> dict[str, str]:
        """Return what `shift_burst` is told."""
        return {
            "AWS_REGION": REGION,
            "BURST_RULE_ARNS": ",".join(self.rules.values()),
            "BURST_SERVER_TARGET_GROUP_ARN": self.groups[SERVERS],
            "BURST_HOT_ALARM": HOT,
            "BURST_CALM_ALARM": CALM,
            "BURST_FAILING_ALARM": FAILING,
            "BURST_SWITCH_PARAMETER": SWITCH,
            "BURST_STATE_PARAMETER": STATE,
            **variables,
        }

    def set_alarm(self, name: str, *, on: bool) -> None:
        """Let an alarm be in ALARM, or OK."""
        self.alarms.set_alarm_state(
            AlarmName=name, StateValue="ALARM" if on else "OK", StateReason="test"
        )

    def set_parameter(self, name: str, value: str) -> None:
        """Write an SSM parameter, as a person would."""
        self.parameters.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def set_weights(self, operation: str, servers: int, function: int) -> None:
        """Write one rule's weights, as a person would."""
        self.balancer.modify_rule(
            RuleArn=self.rules[operation],
            Actions=[forward(self.groups[SERVERS], servers, self.groups[operation], function)],
        )

    def weights(self, operation: str) -> tuple[int, int]:
        """Return the weights of the servers and of the function in an operation's rule."""
        (rule,) = self.balancer.describe_rules(RuleArns=[self.rules[operation]])["Rules"]
        groups = rule["Actions"][-1]["ForwardConfig"]["TargetGroups"]
        by_arn = {each["TargetGroupArn"]: int(each["Weight"]) for each in groups}
        return by_arn[self.groups[SERVERS]], by_arn[self.groups[operation]]

    def all_weights(self) -> set[tuple[int, int]]:
        """Return the different weights that the rules have."""
        return {self.weights(operation) for operation in self.rules}


def forward(servers: str, server_weight: int, function: str, weight: int) -> dict[str, Any]:
    """Return a forward action with two target groups."""
    groups = [
        {"TargetGroupArn": function, "Weight": weight},
        {"TargetGroupArn": servers, "Weight": server_weight},
    ]
    return {"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": groups}}


def check_limits(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise `LimitExceeded` for what AWS refuses and moto takes."""
    if len(parameters.get("RuleArns", ())) > MOST_RULE_ARNS:
        raise LimitExceeded("too many rules in one call")
    for action in parameters.get("Actions", ()):
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        arns = [each["TargetGroupArn"] for each in groups]
        if len(groups) > MOST_GROUPS or len(set(arns)) != len(arns):
            raise LimitExceeded("too many target groups, or one of them twice")
        if not all(0 <= each["Weight"] <= MOST_WEIGHT for each in groups):
            raise LimitExceeded("a weight is not from 0 to 999")
        if groups and not sum(each["Weight"] for each in groups):
            raise LimitExceeded("no target group has a weight")
        if groups and "TargetGroupArn" in action:
            raise LimitExceeded("one target group named beside several")
        if action["Type"] == "forward" and action is not parameters["Actions"][-1]:
            raise LimitExceeded("a forward action that is not the last one")


@contextmanager
def load_balancer(monkeypatch: pytest.MonkeyPatch, *operations: str) -> Iterator[LoadBalancer]:
    """Yield a load balancer whose rules all send everything to the servers."""
    with mock_aws():
        client = importlib.import_module("boto3").client
        made = LoadBalancer(
            client("elbv2", region_name=REGION),
            client("cloudwatch", region_name=REGION),
            client("ssm", region_name=REGION),
        )
        _make_rules(made, client("ec2", region_name=REGION), operations)
        for name in (HOT, CALM, FAILING):
            _make_alarm(made, name)
        made.set_parameter(SWITCH, "automatic")
        _watch(made, monkeypatch)
        yield made


def _make_rules(made: LoadBalancer, network: Any, operations: tuple[str, ...]) -> None:
    vpc = network.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        network.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    balancer = made.balancer.create_load_balancer(Name="ovation", Subnets=subnets)
    made.groups[SERVERS] = _arn_of_group(
        made, Name=SERVERS, Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip"
    )
    listener = made.balancer.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": made.groups[SERVERS]}],
    )["Listeners"][0]["ListenerArn"]
    for number, operation in enumerate(operations, start=1):
        name = operation.replace("_", "-")
        made.groups[operation] = _arn_of_group(made, Name=name, TargetType="lambda")
        rule = made.balancer.create_rule(
            ListenerArn=listener,
            Priority=number,
            Conditions=[{"Field": "path-pattern", "Values": [f"/{name}"]}],
            Actions=[forward(made.groups[SERVERS], 100, made.groups[operation], 0)],
        )
        made.rules[operation] = rule["Rules"][0]["RuleArn"]


def _arn_of_group(made: LoadBalancer, **options: Any) -> str:
    created = made.balancer.create_target_group(**options)
    return str(created["TargetGroups"][0]["TargetGroupArn"])


def _make_alarm(made: LoadBalancer, name: str) -> None:
    made.alarms.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
    )


def _watch(made: LoadBalancer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = importlib.import_module("botocore.client").BaseClient
    call = client._make_api_call

    def checked(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        check_limits(operation, parameters)
        if operation == "ModifyRule" and parameters["RuleArn"] in made.stuck:
            raise LimitExceeded("AWS is busy")
        if operation in ("ModifyRule", "PutParameter"):
            made.calls.append(operation)
        return call(self, operation, parameters)

    monkeypatch.setattr(client, "_make_api_call", checked)
