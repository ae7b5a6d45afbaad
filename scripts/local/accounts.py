"""PostgreSQL refuses to run as root: this picks the account that it runs as instead."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What Linux and macOS reserve for "nobody" where the name is missing from the user database.
NOBODY_ID = 65534


@dataclass(frozen=True)
class Account:
    """A user and group that a child process runs as, without any other group."""

    uid: int
    gid: int

    @contextmanager
    def impersonated(self) -> Iterator[None]:
        """Act as this account for a moment, by effective ids only; root comes back afterwards."""
        os.setegid(self.gid)
        try:
            os.seteuid(self.uid)
            try:
                yield
            finally:
                os.seteuid(0)
        finally:
            os.setegid(0)


def unprivileged_account(directory: Path) -> Account | None:
    """Return the account for the server of this data directory; None means "as we are".

    Root hands a directory that exists to the account that owns it already, so that a deployment
    keeps working when the user database changes; a new one goes to `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if directory.exists() and (owner := directory.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return known_account() or Account(NOBODY_ID, NOBODY_ID)


def known_account() -> Account | None:
    """Return an account other than root that has a name here: `nobody` if there is one."""
    try:
        found = [pwd.getpwnam("nobody")]
    except KeyError:
        found = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    return Account(found[0].pw_uid, found[0].pw_gid) if found else None


def is_nameless() -> bool:
    """Tell whether this process runs as a user that no user database knows."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return True
    return False
