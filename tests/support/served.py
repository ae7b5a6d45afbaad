"""A connection to the server's own protocol, without a network."""

import re
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from shared.http.protocol import HttpProtocol
from tests.support.wire import Wire

HOST = b"Host: ovation.test\r\n"
KEEP_ALIVE_S = 5


def served(app: Any) -> tuple[HttpProtocol, Wire]:
    """Return a new connection to a server of `app`, and what is at its end."""
    config = Config(
        app,
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    config.load()
    wire, protocol = Wire(), HttpProtocol(config, ServerState(), {})
    protocol.connection_made(wire)
    return protocol, wire


def without_its_own(answer: bytes) -> bytes:
    """Return an answer without what no two answers have in common."""
    answer = re.sub(rb"(x-request-id): [0-9a-f]{32}", rb"\1: 0", answer)
    return re.sub(rb'("request_id": ?)"[0-9a-f]{32}"', rb'\1"0"', answer)
