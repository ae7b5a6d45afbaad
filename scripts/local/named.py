"""Become another program as a user whose name is known: initdb insists on one.

`named.py UID GID PROGRAM ARGUMENT…`: where our user id is in no user database (a container's
`--user 12345`), the program sees UID and GID instead, in a user namespace of its own; its files are
ours all the same. Where the kernel forbids that, the program runs as we are and may complain.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x1000_0000


def borrow_name(uid: int, gid: int) -> None:
    """Let this process and what it becomes see our ids as these."""
    own_uid, own_gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None).unshare(CLONE_NEWUSER) != 0:
        return
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1")


if __name__ == "__main__":
    borrow_name(int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # nosec B606  # no shell, our own command
