"""Logs and metrics: JSON lines that say what happened, never what somebody wrote or who they are.

Powertools' plain `append_keys` and `Metrics` keep one dictionary for the whole process, which mixes
concurrent requests up. So keys are bound with `thread_safe_append_keys` (a context variable), and
metrics are summed here and written by `single_metric`.
"""

import hashlib
import logging
import operator
import sys
import threading
import time
import traceback
from collections.abc import Callable
from uuid import UUID

from aws_lambda_powertools import Logger

from shared.settings import get_settings

_NAMESPACE = "Ovation"
_FLUSH_EVERY_S = 10.0

logger = Logger(
    service="ovation",
    level=get_settings().log_level,
    stream=sys.stdout,
    environment=get_settings().environment,
    use_rfc3339=True,
    utc=True,
)


# The logger's own calls look for its handler each time, which a vote feels.
log_keys = logger.registered_formatter


def adopt_server_logs() -> None:
    """Let the HTTP server's own lines come out as JSON too."""
    for name in ("uvicorn", "uvicorn.error"):
        server_log = logging.getLogger(name)
        server_log.handlers = list(logger.handlers)
        server_log.propagate = False


def participant_hash(participant_id: UUID) -> str:
    """Return a stable name for a participant that is no participant id."""
    return hashlib.sha256(participant_id.bytes).hexdigest()[:12]


def log_failure(message: str, error: BaseException) -> None:
    """Log where an error came from, without its text: a database's error quotes what was written."""
    frames = traceback.extract_tb(error.__traceback__)
    # Ours, which say what was done, and the innermost ones, which say what failed.
    told = [frame for frame in frames[:-3] if "site-packages" not in frame.filename]
    logger.error(
        message,
        error_type=f"{type(error).__module__}.{type(error).__qualname__}",
        frames=[
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in told[-9:] + frames[-3:]
        ],
    )


class MetricSums:
    """Numbers gathered in the process and written as CloudWatch EMF lines now and then.

    Any thread may add to them.
    """

    def __init__(self) -> None:
        self._gathered: dict[tuple[str, str, str], float] = {}
        self._flushed_at = time.monotonic()
        self._lock = threading.Lock()

    def add(self, name: str, value: float, *, operation: str, unit: str = "Count") -> None:
        """Add to a metric's sum since the last line."""
        self._gather(name, unit, operation, value, operator.add)

    def keep_largest(self, name: str, value: float, *, operation: str, unit: str) -> None:
        """Let a metric's largest value since the last line be at least `value`."""
        self._gather(name, unit, operation, value, max)

    def _gather(
        self,
        name: str,
        unit: str,
        operation: str,
        value: float,
        combine: Callable[[float, float], float],
    ) -> None:
        if not get_settings().metrics_enabled:
            return
        key = name, unit, operation
        with self._lock:
            so_far = self._gathered.get(key)
            self._gathered[key] = value if so_far is None else combine(so_far, value)

    def flush_if_due(self, *, now: bool = False) -> None:
        """Write what was gathered every ten seconds, or `now`."""
        if not (now or time.monotonic() - self._flushed_at >= _FLUSH_EVERY_S):
            return
        with self._lock:
            gathered, self._gathered = self._gathered, {}
            self._flushed_at = time.monotonic()
        if not gathered:
            return
        # Imported when used: a Lambda without metrics does not pay for it.
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        for (name, unit, operation), value in gathered.items():
            with single_metric(
                name=name, unit=MetricUnit(unit), value=value, namespace=_NAMESPACE
            ) as metric:
                metric.add_dimension("environment", get_settings().environment)
                metric.add_dimension("operation", operation)


metrics = MetricSums()
