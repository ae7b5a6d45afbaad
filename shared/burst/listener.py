"""A listener rule that shares its requests between the servers and one function.

A rule's forward action has at most five target groups, whose weights are 0 to 999
(https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html).
"""

from typing import Any

from shared.burst.errors import ShiftRefused
from shared.burst.rules import WHOLE


class Rule:
    """A listener rule that forwards to the servers' target group and to one function's."""

    def __init__(self, described: dict[str, Any], server_group_arn: str) -> None:
        self.arn: str = described["RuleArn"]
        self._actions: list[dict[str, Any]] = described["Actions"]
        self._server_group_arn = server_group_arn
        self._forward = self._actions[-1].get("ForwardConfig") or {}
        groups = [each["TargetGroupArn"] for each in self._forward.get("TargetGroups", [])]
        if len(groups) != 2 or len(set(groups)) != 2 or server_group_arn not in groups:
            raise ShiftRefused(f"{self.arn} does not forward to the servers and one function")

    @property
    def weights(self) -> tuple[int, int]:
        """Return the weights of the servers' and of the function's target group."""
        groups = self._forward["TargetGroups"]
        servers, function = sorted(groups, key=lambda each: not self._is_servers(each))
        return int(servers.get("Weight", 1)), int(function.get("Weight", 1))

    @property
    def server_weight(self) -> int:
        """Return the servers' share in percent, whatever the weights sum up to."""
        servers, function = self.weights
        return round(WHOLE * servers / (servers + function)) if servers + function else WHOLE

    def actions_with(self, weights: tuple[int, int]) -> list[dict[str, Any]]:
        """Return the rule's actions with these weights."""
        groups = [
            {
                "TargetGroupArn": each["TargetGroupArn"],
                "Weight": weights[not self._is_servers(each)],
            }
            for each in self._forward["TargetGroups"]
        ]
        forward = {**self._actions[-1], "ForwardConfig": {**self._forward, "TargetGroups": groups}}
        # AWS refuses an action that names one group beside several.
        forward.pop("TargetGroupArn", None)
        return [*self._actions[:-1], forward]

    def _is_servers(self, group: dict[str, Any]) -> bool:
        return bool(group["TargetGroupArn"] == self._server_group_arn)
