"""Make a PostgreSQL data directory, whole or not at all."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.local.accounts import Account, is_nameless, known_account
from scripts.local.failures import StartFailed

MAJOR_VERSION = 18
SUPERUSER = "postgres"
NAMED = Path(__file__).with_name("named.py")
# Nothing of the caller's environment may steer PostgreSQL: PGDATA, PGPORT, LC_ALL and the like.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@contextmanager
def reachable(directory: Path, account: Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield a path to the directory that the account can use, and the descriptors it needs open.

    The account may not be allowed through the directories above. It need not go through them: a
    descriptor that root opened leads straight there by way of /proc.
    """
    if account is None or not Path("/proc/self/fd").exists():
        yield str(directory), ()
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def ensure_initialised(
    directory: Path, *, binaries: Path, account: Account | None, password: str, sync: bool
) -> None:
    """Check the data directory, or make it with `initdb` if there is none.

    Raise `StartFailed` when it is of another major version, damaged, or cannot be made.
    """
    if directory.exists():
        _check(directory)
        return
    # A draft that is renamed when it is whole: an interrupted initdb leaves nothing half made.
    draft = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        try:
            os.chown(draft, account.uid, account.gid)
        except OSError as error:
            raise StartFailed(
                f"cannot give {draft} to uid {account.uid}: {error.strerror}"
            ) from None
    _initdb(draft, binaries, account, password, sync)
    draft.rename(directory)


def _check(directory: Path) -> None:
    try:
        major = (directory / "PG_VERSION").read_text().strip()
        whole = (directory / "global" / "pg_control").is_file()
    except (OSError, UnicodeDecodeError):
        major, whole = "", False
    if not whole:
        raise StartFailed(
            f"{directory} is damaged: it is no complete PostgreSQL data directory; restore it from "
            "a backup, or choose another --data-dir"
        )
    if major != str(MAJOR_VERSION):
        raise StartFailed(
            f"{directory} was written by PostgreSQL {major}, and this is PostgreSQL {MAJOR_VERSION}; "
            "move its contents by pg_dump, or choose another --data-dir"
        )


def _initdb(
    draft: Path, binaries: Path, account: Account | None, password: str, sync: bool
) -> None:
    with (
        tempfile.TemporaryFile() as password_file,
        reachable(draft, account) as (path, descriptors),
    ):
        password_file.write(f"{password}\n".encode())
        password_file.seek(0)
        if account:
            os.fchown(password_file.fileno(), account.uid, account.gid)
        command = [
            str(binaries / "initdb"),
            f"--pgdata={path}",
            f"--username={SUPERUSER}",
            f"--pwfile=/dev/fd/{password_file.fileno()}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if sync else ["--no-sync"]),
        ]
        if is_nameless() and (named := known_account()):
            launch = (sys.executable, "-I", "-S", NAMED, named.uid, named.gid)
            command = [*map(str, launch), *command]
        made = subprocess.run(
            command,
            pass_fds=(*descriptors, password_file.fileno()),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if made.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        lines = made.stdout.strip().splitlines()
        reasons = [line for line in lines if "error:" in line or "FATAL" in line] or lines[-1:]
        raise StartFailed(f"cannot make a PostgreSQL data directory: {'; '.join(reasons)}")
