"""Reading what a process wrote: JSON lines of the log, and CloudWatch EMF lines of the metrics."""

import json
from dataclasses import dataclass
from typing import Any

from scripts.local.processes import wait_for
from tests.support.server import Server

Line = dict[str, Any]


def json_lines(text: str) -> list[Line]:
    """Return the lines of `text` that are JSON objects."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def access_lines(server: Server, **keys: object) -> list[Line]:
    """Return the access lines with these keys, once there is one; it may come a moment after the answer."""

    def found() -> list[Line]:
        lines = [line for line in json_lines(server.text()) if line.get("message") == "request"]
        return [line for line in lines if keys.items() <= line.items()]

    assert wait_for(lambda: bool(found()), timeout_s=10), f"no access line with {keys}"
    return found()


@dataclass(frozen=True)
class Metric:
    """One value of a metric, as CloudWatch would read it."""

    name: str
    unit: str
    value: float
    dimensions: dict[str, str]


def emf_metrics(text: str) -> list[Metric]:
    """Return the metrics in the EMF lines of `text`; fail for a line that breaks the format."""
    return [metric for line in json_lines(text) if "_aws" in line for metric in _parse(line)]


def _parse(line: Line) -> list[Metric]:
    assert line["_aws"].keys() == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(line["_aws"]["Timestamp"], int) and line["_aws"]["Timestamp"] > 1.7e12
    metrics = []
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == "Ovation"
        (names,) = directive["Dimensions"]
        dimensions = {name: line[name] for name in names}
        assert all(isinstance(value, str) and value for value in dimensions.values())
        for defined in directive["Metrics"]:
            values = line[defined["Name"]]
            for value in values if isinstance(values, list) else [values]:
                assert isinstance(value, int | float)
                metrics.append(Metric(defined["Name"], defined["Unit"], value, dimensions))
    return metrics
