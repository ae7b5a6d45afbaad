"""Alarms, parameters and listener rules, as AWS has them."""

import importlib
import json

from shared.burst.errors import ShiftRefused
from shared.burst.listener import Rule
from shared.burst.rules import Alarms, State, Switch
from shared.burst.settings import BurstSettings
from shared.observability import logger


class Aws:
    """The clients that a shift needs, made once for each container."""

    def __init__(self, settings: BurstSettings) -> None:
        self._settings = settings
        # By name and here: boto3 ships no types, and no other function pays for loading it.
        boto3 = importlib.import_module("boto3")
        config = importlib.import_module("botocore.config").Config(
            region_name=settings.aws_region,
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 4},
        )
        self._alarms = boto3.client("cloudwatch", config=config)
        self._parameters = boto3.client("ssm", config=config)
        self._balancer = boto3.client("elbv2", config=config)

    def alarms(self) -> Alarms:
        """Return which alarms are in ALARM; raise `ShiftRefused` when one does not exist."""
        settings = self._settings
        names = [settings.burst_hot_alarm, settings.burst_calm_alarm, settings.burst_failing_alarm]
        wanted = [name for name in names if name]
        found = self._alarms.describe_alarms(
            AlarmNames=wanted, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        described = [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
        states = {each["AlarmName"]: each["StateValue"] for each in described}
        if missing := set(wanted) - set(states):
            raise ShiftRefused(f"no such alarm: {', '.join(sorted(missing))}")
        hot, calm, failing = (states.get(name) == "ALARM" for name in names)
        return Alarms(hot=hot, calm=calm, failing=failing)

    def switch(self) -> Switch:
        """Return the kill switch's position; raise `ShiftRefused` when it has none that is known."""
        text = self._parameter(self._settings.burst_switch_parameter)
        try:
            return Switch((text or "").strip())
        except ValueError:
            raise ShiftRefused(f"{self._settings.burst_switch_parameter} is no position") from None

    def last_state(self) -> State | None:
        """Return what the last move left; None before the first, or when it cannot be read."""
        try:
            kept = json.loads(self._parameter(self._settings.burst_state_parameter) or "null")
            if kept is None:
                return None
            return State(int(kept["server_weight"]), float(kept["moved_at"]))
        except (ValueError, TypeError, KeyError):
            logger.warning("the state of the burst is malformed and starts anew")
            return None

    def keep_state(self, state: State) -> None:
        """Keep what this move leaves."""
        kept = {"server_weight": state.server_weight, "moved_at": state.moved_at}
        self._parameters.put_parameter(
            Name=self._settings.burst_state_parameter,
            Value=json.dumps(kept),
            Type="String",
            Overwrite=True,
        )

    def _parameter(self, name: str) -> str | None:
        try:
            return str(self._parameters.get_parameter(Name=name)["Parameter"]["Value"])
        except self._parameters.exceptions.ParameterNotFound:
            return None

    def rules(self) -> list[Rule]:
        """Return the rules with their weights; raise `ShiftRefused` when one is of another form."""
        arns = list(self._settings.burst_rule_arns)
        found = self._balancer.describe_rules(RuleArns=arns)["Rules"]
        return [Rule(each, self._settings.burst_server_target_group_arn) for each in found]

    def set_weights(self, rule: Rule, weights: tuple[int, int]) -> None:
        """Give a rule's two target groups these weights; everything else of its action stays."""
        self._balancer.modify_rule(RuleArn=rule.arn, Actions=rule.actions_with(weights))
