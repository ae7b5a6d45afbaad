"""Exit with 0 when the server in this container answers GET /health/live with 200.

The container's health check, some hundred times an hour: it imports nothing but the socket, and what TLS
takes where the server has a certificate. It asks as the server listens: UVICORN_PORT, UVICORN_SSL_CERTFILE.
"""

import os
import socket
import sys

_TIMEOUT_S = 2.0
_REQUEST = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def is_live(port: int, certificate: str) -> bool:
    """Tell whether the server on the loopback `port` answers that it is live.

    `certificate` is the file of the one that it has, for any name; empty: it speaks in clear text.
    """
    try:
        with _connected(port, certificate) as connection:
            connection.sendall(_REQUEST)
            status_line = connection.makefile("rb").readline()
    except OSError:
        return False
    return status_line.startswith(b"HTTP/1.1 200 ")


def _connected(port: int, certificate: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S)
    if not certificate:
        return connection
    # Only where it is used: it takes as long to load as all the rest.
    import ssl

    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    return context.wrap_socket(connection)


if __name__ == "__main__":
    port, certificate = os.environ.get("UVICORN_PORT", "8000"), os.environ.get(
        "UVICORN_SSL_CERTFILE", ""
    )
    sys.exit(0 if is_live(int(port), certificate) else 1)
