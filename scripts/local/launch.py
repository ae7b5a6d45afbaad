"""Become another program that does not outlive the process that started it.

`launch.py SIGNAL PARENT UID GID PROGRAM ARGUMENT…`: UID and GID -1 change nothing. A program of its
own, because Python may not run code between fork and exec in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def launch(number: int, parent: int, uid: int, gid: int, command: list[str]) -> None:
    """Take the account, ask the kernel for the signal when the parent dies, become the command.

    Elsewhere than on Linux there is no such signal, and the program may outlive its parent.
    """
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # last, because a change of account clears it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the kernel was asked
            sys.exit(1)
    os.execv(command[0], command)  # nosec B606  # no shell, our own command


if __name__ == "__main__":
    own_signal, own_parent, own_uid, own_gid = map(int, sys.argv[1:5])
    launch(own_signal, own_parent, own_uid, own_gid, sys.argv[5:])
