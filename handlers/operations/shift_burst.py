"""CloudWatch and EventBridge call it to move bursty traffic to the Lambda functions, and back.

Whenever an alarm changes (alarm → SNS → here) and every minute (schedule): what the message says is not
used, but what the alarms say now. So messages may be lost, come twice or in another order. The
servers' share that follows (`shared.burst.rules`) is kept in an SSM parameter first; then every rule
whose weights differ is brought to it, also one that an earlier invocation failed to reach. It runs
with a reserved concurrency of one: two at once could each undo the other's move.

Environment: `BurstSettings`; docs/operations.md has the table, the alarms and the kill switch.
"""

import time
from functools import lru_cache

from shared.burst.aws import Aws
from shared.burst.rules import State, Switch, decide
from shared.burst.settings import BurstSettings
from shared.observability import logger, metrics


def handler(event: object, context: object) -> dict[str, int]:
    """Move the weights if it is time to; return the weights that hold now.

    Raise `ShiftRefused` when AWS holds something that this function may not touch, and botocore's
    errors when AWS refuses; the next invocation begins where this one ended.
    """
    settings = BurstSettings()
    aws = _aws(settings)
    switch, rules = aws.switch(), aws.rules()
    kept = aws.last_state()
    # Before the first move, and after a person's, the listener says where the servers' share stands.
    found = State(max(rule.server_weight for rule in rules), moved_at=0)
    state = found if kept is None or switch is Switch.HOLD else kept
    alarms = aws.alarms()
    follows = decide(state, alarms, switch, settings.policy, time.time())
    if follows != kept:
        aws.keep_state(follows)
    astray = [rule for rule in rules if rule.weights != follows.weights]
    moved = [] if switch is Switch.HOLD else astray
    for rule in moved:
        aws.set_weights(rule, follows.weights)
    servers, functions = follows.weights
    metrics.keep_largest("FunctionsWeight", functions, operation="shift_burst", unit="Percent")
    metrics.flush_if_due(now=True)
    logger.info(
        "the burst was weighed",
        switch=switch.value,
        hot=alarms.hot,
        calm=alarms.calm,
        failing=alarms.failing,
        from_server_weight=state.server_weight,
        server_weight=servers,
        rules_moved=len(moved),
    )
    return {"servers": servers, "functions": functions}


@lru_cache(maxsize=1)
def _aws(settings: BurstSettings) -> Aws:
    return Aws(settings)
