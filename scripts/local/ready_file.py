"""The ready file: what another program needs to use this deployment, written when it is up."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from scripts.local.credentials import write_private
from scripts.local.demo import Demo
from scripts.local.failures import StartFailed
from shared.settings import Settings


def prepare_ready_file(path: Path | None) -> None:
    """Remove the file of an earlier start; raise `StartFailed` when it could not be written later."""
    if path is None:
        return
    try:
        path.unlink(missing_ok=True)
        write_private(path, "")
        path.unlink()
    except OSError as error:
        raise StartFailed(f"cannot write the ready file {path}: {error.strerror}") from None


def write_ready_file(
    path: Path | None,
    *,
    base_url: str,
    organizer_key: str,
    environment: Mapping[str, str],
    demo: Demo | None,
) -> None:
    """Write the file, readable by its owner only, at once."""
    if path is None:
        return
    settings = {name.upper() for name in Settings.model_fields}
    content = {
        "base_url": base_url,
        "organizer_key": organizer_key,
        "pid": os.getpid(),
        "database_url": environment["DATABASE_URL"],
        "env": {name: value for name, value in environment.items() if name in settings},
        "demo": asdict(demo) if demo else None,
    }
    write_private(path, json.dumps(content, indent=2) + "\n")
