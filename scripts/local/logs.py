"""Log files of child processes: shown when something fails, and kept from filling the disk."""

import os
import shutil
from pathlib import Path

LIMIT_BYTES = 64 * 2**20


def last_lines(log: Path, count: int, limit_bytes: int = 16_384) -> str:
    """Return the last lines, without tracebacks' frames and empty ones; `nothing` without any."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - limit_bytes))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        text = ""
    lines = [
        line.rstrip()
        for line in text.splitlines()
        if line.strip() and not line.startswith((" ", "Traceback"))
    ]
    return "\n".join(lines[-count:]) or "nothing"


def keep_small(log: Path, limit_bytes: int = LIMIT_BYTES) -> None:
    """Move what is in a log that grew too large to `.1`, the one before it away.

    The writer keeps its file: it appends, so it goes on at the new end. A line that it writes between
    the copy and the cut is lost.
    """
    try:
        if log.stat().st_size > limit_bytes:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
    except FileNotFoundError:
        return
