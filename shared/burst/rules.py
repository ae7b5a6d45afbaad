"""Which share of the bursty traffic the servers keep: shares, alarms and the time in, a share out.

The servers' share shrinks by a factor and comes back by a smaller one, not by steps of so many
percent: from 10 to 20 percent would double what they have to do, from 80 to 90 hardly changes it.
As long as the calm alarm's threshold times `return_factor` stays below the hot alarm's, a step back
cannot itself set off the hot alarm, so that the share does not swing.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

WHOLE = 100


class Switch(StrEnum):
    """What a person has decided; `automatic` leaves it to the alarms."""

    AUTOMATIC = "automatic"
    HOLD = "hold"
    SERVERS = "servers"


@dataclass(frozen=True)
class Policy:
    """Bounds of the servers' share in percent, factors of its steps, least times between them."""

    least: int = 10
    most: int = WHOLE
    shed_factor: float = 3.0
    return_factor: float = 1.5
    shed_cooldown_s: float = 60
    return_cooldown_s: float = 180


@dataclass(frozen=True)
class Alarms:
    """Which alarms are in ALARM now; one without data is not."""

    hot: bool = False
    calm: bool = False
    failing: bool = False


@dataclass(frozen=True)
class State:
    """The servers' share in percent, and when it last moved, seconds of the Unix clock."""

    server_weight: int
    moved_at: float

    @property
    def weights(self) -> tuple[int, int]:
        """Return what the servers' and the function's target group get; the sum is always 100."""
        return self.server_weight, WHOLE - self.server_weight


def decide(state: State, alarms: Alarms, switch: Switch, policy: Policy, now: float) -> State:
    """Return the state that follows; the same object when nothing moves.

    It depends on what the alarms say now, not on the message that told of them: messages that come
    twice, late or in another order change nothing.
    """
    match switch:
        case Switch.HOLD:
            return state
        case Switch.SERVERS:
            return _moved(state, policy.most, now)
        case Switch.AUTOMATIC:
            bounded = min(max(state.server_weight, policy.least), policy.most)
            return _moved(state, _next_weight(bounded, state, alarms, policy, now), now)


def _next_weight(weight: int, state: State, alarms: Alarms, policy: Policy, now: float) -> int:
    # A clock that was set back would otherwise stop every move until it has caught up.
    rested_s = now - state.moved_at if now >= state.moved_at else math.inf
    if alarms.failing:
        # Functions that fail help nobody, however hot the servers are.
        is_due = rested_s >= policy.shed_cooldown_s
        return _returned(weight, policy) if is_due else weight
    if alarms.hot:
        is_due = rested_s >= policy.shed_cooldown_s
        return max(policy.least, math.floor(weight / policy.shed_factor)) if is_due else weight
    if alarms.calm and rested_s >= policy.return_cooldown_s:
        return _returned(weight, policy)
    return weight


def _returned(weight: int, policy: Policy) -> int:
    return min(policy.most, max(weight + 1, math.floor(weight * policy.return_factor)))


def _moved(state: State, weight: int, now: float) -> State:
    return state if weight == state.server_weight else State(weight, now)
