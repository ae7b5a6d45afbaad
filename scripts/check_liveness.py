"""Exit with 0 when the server in this container answers GET /health/live with 200.

The container's health check, some hundred times an hour: it imports nothing but the socket. It asks on
the port that the server listens on, UVICORN_PORT.
"""

import os
import socket
import sys

_TIMEOUT_S = 2.0
_REQUEST = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def is_live(port: int) -> bool:
    """Tell whether the server on the loopback `port` answers that it is live."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S) as connection:
            connection.settimeout(_TIMEOUT_S)
            connection.sendall(_REQUEST)
            status_line = connection.makefile("rb").readline()
    except OSError:
        return False
    return status_line.startswith(b"HTTP/1.1 200 ")


if __name__ == "__main__":
    sys.exit(0 if is_live(int(os.environ.get("UVICORN_PORT", "8000"))) else 1)
