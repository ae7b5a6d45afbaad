"""Choose TCP ports on the loopback interface."""

import secrets
import socket
from contextlib import closing

# Below the ranges that Linux and macOS take outgoing connections from: while the server is down, a
# client that knocks on such a port could be given that very port, and keep the server out.
FIRST, LAST = 20_000, 29_999


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listened on a moment ago; raise `OSError` if none."""
    for _ in range(200):
        port = FIRST + secrets.randbelow(LAST - FIRST + 1)
        if is_free(port):
            return port
    raise OSError(f"no free port between {FIRST} and {LAST}")


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
