"""Logs and metrics: JSON lines that say what happened, never what somebody wrote or who they are.

Powertools' plain `append_keys` and `Metrics` keep one dictionary for the whole process, which mixes
concurrent requests up. So keys are bound with `thread_safe_append_keys` (a context variable), and
metrics are summed here and written by `single_metric`.
"""

import hashlib
import logging
import sys
import time
import traceback
from collections import Counter
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
    logger.error(
        message,
        error_type=f"{type(error).__module__}.{type(error).__qualname__}",
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    )


class MetricSums:
    """Counts that are summed in the process and written as CloudWatch EMF lines now and then."""

    def __init__(self) -> None:
        self._sums: Counter[tuple[str, str, str]] = Counter()
        self._flushed_at = time.monotonic()

    def add(self, name: str, value: float, *, operation: str, unit: str = "Count") -> None:
        """Add to a metric's sum since the last line."""
        if get_settings().metrics_enabled:
            self._sums[name, unit, operation] += value  # type: ignore[assignment]

    def flush_if_due(self, *, now: bool = False) -> None:
        """Write the sums every ten seconds, or `now`."""
        if not self._sums or not (now or time.monotonic() - self._flushed_at >= _FLUSH_EVERY_S):
            return
        # Imported when used: a Lambda without metrics does not pay for it.
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        sums, self._sums = self._sums, Counter()
        self._flushed_at = time.monotonic()
        for (name, unit, operation), value in sums.items():
            with single_metric(
                name=name, unit=MetricUnit(unit), value=value, namespace=_NAMESPACE
            ) as metric:
                metric.add_dimension("environment", get_settings().environment)
                metric.add_dimension("operation", operation)


metrics = MetricSums()
