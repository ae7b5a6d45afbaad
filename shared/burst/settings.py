"""What `shift_burst` alone is told by its environment; no other process reads these."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.burst.rules import Policy

Weight = Annotated[int, Field(ge=0, le=100)]
Seconds = Annotated[int, Field(ge=0)]


class BurstSettings(BaseSettings):
    """The name of a field, in capitals, is the name of its environment variable."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    aws_region: str = Field(default="us-east-1", description="Region of the load balancer")
    burst_rule_arns: Annotated[tuple[str, ...], NoDecode, Field(min_length=1, max_length=20)] = (
        Field(description="Listener rules whose weights are moved, comma separated")
    )
    burst_server_target_group_arn: str = Field(
        description="The servers' target group; the rule's other one is a function's"
    )
    burst_hot_alarm: str = Field(
        description="Alarm, in ALARM while the servers have more than they can bear"
    )
    burst_calm_alarm: str = Field(
        description="Alarm, in ALARM while the servers have room for BURST_RETURN_FACTOR as much"
    )
    burst_failing_alarm: str = Field(
        default="", description="Alarm, in ALARM while the functions fail or are throttled"
    )
    burst_switch_parameter: str = Field(
        description="SSM parameter with the kill switch: `automatic`, `hold` or `servers`"
    )
    burst_state_parameter: str = Field(
        description="SSM parameter where the last move is kept; made when it is missing"
    )
    burst_least_server_weight: Weight = Field(
        default=10, description="Least share of the servers, percent; their load stays measured"
    )
    burst_most_server_weight: Weight = Field(
        default=100,
        description="Largest share of the servers, percent; below 100 functions stay warm",
    )
    burst_shed_factor: Annotated[float, Field(gt=1)] = Field(
        default=3.0,
        description="The servers' share is divided by this at each step to the functions",
    )
    burst_return_factor: Annotated[float, Field(gt=1)] = Field(
        default=1.5, description="The servers' share is multiplied by this at each step back"
    )
    burst_shed_cooldown_s: Seconds = Field(
        default=60, description="Least time after a move before more is moved to the functions, s"
    )
    burst_return_cooldown_s: Seconds = Field(
        default=180, description="Least time after a move before a step back, s"
    )

    @field_validator("burst_rule_arns", mode="before")
    @classmethod
    def _split_rules(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(arn.strip() for arn in value.split(",") if arn.strip())
        return value

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if not 1 <= self.burst_least_server_weight <= self.burst_most_server_weight:
            raise ValueError("BURST_LEAST_SERVER_WEIGHT is not from 1 to BURST_MOST_SERVER_WEIGHT")
        return self

    @property
    def policy(self) -> Policy:
        """Return what decides the weights."""
        return Policy(
            least=self.burst_least_server_weight,
            most=self.burst_most_server_weight,
            shed_factor=self.burst_shed_factor,
            return_factor=self.burst_return_factor,
            shed_cooldown_s=self.burst_shed_cooldown_s,
            return_cooldown_s=self.burst_return_cooldown_s,
        )
