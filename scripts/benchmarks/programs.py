"""The programs that make load: wrk and nginx from the machine, pgbench from our PostgreSQL."""

import math
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from scripts.local.failures import StartFailed
from scripts.local.terminal import say

# How many of pgbench's clients connect, prepare and settle on a plan in a second, at the least.
_WARM_IN_A_SECOND = 32


def program(name: str) -> str:
    """Return the path of a program, installed by apt when it is missing and we may.

    Raise `StartFailed` with what to do when it is not to be had.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {name} ...")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", name]):
            subprocess.run(
                ["apt-get", *arguments], env=environment, capture_output=True, check=False
            )
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        raise StartFailed(f"{name} is needed: install it, for example by apt-get install {name}")
    return found


@dataclass(frozen=True)
class WrkResult:
    """What wrk counted; `refused` are answers that were no 2xx or 3xx, or never came."""

    requests: int
    per_s: float
    refused: int


def parse_wrk(text: str) -> WrkResult:
    """Return what wrk printed as numbers; raise `StartFailed` when it printed something else."""
    total = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if total is None or rate is None:
        raise StartFailed(f"wrk failed: {text.strip()[:300]}")
    refused = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    for errors in re.findall(r"Socket errors: (.*)", text):
        refused += sum(int(n) for n in re.findall(r"\d+", errors))
    return WrkResult(int(total[1]), float(rate[1]), refused)


def wrk(url: str, *, connections: int, seconds: float, script: Path | None = None) -> WrkResult:
    """Load one address for a while, as fast as `connections` clients can that wait for each answer.

    Raise `StartFailed` when a request was refused: what is measured then is something else.
    """
    command = [program("wrk"), "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s"]
    if script is not None:
        command += ["-s", str(script)]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    result = parse_wrk(done.stdout + done.stderr)
    if result.refused:
        raise StartFailed(f"{result.refused} of {result.requests} requests were refused")
    return result


def parse_pgbench(text: str, *, warm_up_s: float) -> float:
    """Return the transactions per second that pgbench made after it had warmed up.

    Its own `tps` counts the time in which each client prepares and plans, and not much besides when the
    connecting has used the time up: 174/s of 64 clients in a second where they do 2,900.
    """
    seconds = re.findall(r"^progress: ([\d.]+) s, ([\d.]+) tps", text, re.MULTILINE)
    # The line of a second comes a little early or late.
    warm = [float(tps) for at_s, tps in seconds if float(at_s) > warm_up_s + 0.5]
    if not warm:
        raise StartFailed(f"pgbench failed: {text.strip()[-300:]}")
    return fmean(warm)


def pgbench(binaries: Path, url: str, script: Path, *, clients: int, seconds: float) -> float:
    """Return the transactions per second of a script with prepared statements."""
    warm_up_s = math.ceil(clients / _WARM_IN_A_SECOND)
    command = [str(binaries / "pgbench"), "-n", "-M", "prepared", "-f", str(script), "-P1"]
    command += [f"-c{clients}", "-j1", f"-T{warm_up_s + seconds:.0f}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    return parse_pgbench(done.stdout + done.stderr, warm_up_s=warm_up_s)
