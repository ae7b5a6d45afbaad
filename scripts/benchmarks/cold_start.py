"""From the start of a Lambda's process to its first question for work."""

import compileall
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from statistics import median

from scripts.benchmarks.deployment import Deployment
from scripts.benchmarks.figures import BY_KEY, Measured
from scripts.benchmarks.pace import Pace
from scripts.local.failures import StartFailed
from scripts.local.options import ROOT
from scripts.local.terminal import say

_EMPTY = "scripts.benchmarks.empty_lambda.handler"
_PATIENCE_S = 30


def burst_handlers() -> list[str]:
    """Return the Lambda entries of the endpoints that have one."""
    from handlers.app import ENDPOINTS

    return [f"{each.__name__}.handler" for each in ENDPOINTS if hasattr(each, "handler")]


def cold_start_ratio(deployment: Deployment, pace: Pace) -> Measured:
    """Measure every burst handler beside an empty one; the slowest one is the figure."""
    environment = {
        **os.environ,
        "DATABASE_URL": deployment.environment["DATABASE_URL"],
        "SIGNING_KEYS": deployment.environment["SIGNING_KEYS"],
    }
    # Else each start would compile everything anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    handlers = burst_handlers()
    times: dict[str, list[float]] = {handler: [] for handler in (_EMPTY, *handlers)}
    _write_our_byte_code()
    # Writes that of the rest, as the image's build does.
    for handler in (_EMPTY, handlers[0]):
        _start_s(handler, environment)
    for _ in range(pace.starts):
        for handler in times:
            times[handler].append(_start_s(handler, environment))
    empty = median(times.pop(_EMPTY))
    slowest = max(times, key=lambda handler: median(times[handler]))
    for handler, seconds in times.items():
        say(f"    {handler.split('.')[-2]}: {median(seconds) * 1000:.0f} ms")
    figure = BY_KEY["cold_start_ratio"]
    ratios = [seconds / empty for seconds in times[slowest]]
    remark = f"{slowest.split('.')[-2]}, empty {empty * 1000:.0f} ms"
    return Measured(figure, ratios, figure.goal, remark)


def _write_our_byte_code() -> None:
    for package in ("handlers", "shared"):
        compileall.compile_dir(ROOT / package, quiet=1)


def _start_s(handler: str, environment: Mapping[str, str]) -> float:
    with socket.create_server(("127.0.0.1", 0)) as runtime_api:
        runtime_api.settimeout(_PATIENCE_S)
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            cwd=ROOT,
            env={
                **environment,
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime_api.getsockname()[1]}",
                "AWS_LAMBDA_FUNCTION_NAME": "ovation-benchmark",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            connection, _ = runtime_api.accept()
            with connection:
                asked = connection.recv(4096)
            seconds = time.perf_counter() - started
        except TimeoutError:
            raise StartFailed(f"{handler} asked for no event") from None
        finally:
            process.kill()
            process.wait()
    if b"/invocation/next" not in asked:
        raise StartFailed(f"{handler} failed to start")
    return seconds
