"""Requests byte by byte, for what no client library would send."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from urllib.parse import urlsplit

import httpx

_TIMEOUT_S = 20


@contextmanager
def connected(base_url: str) -> Iterator[socket.socket]:
    """Yield a connection to the server; what waits on it for too long fails."""
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname, address.port), _TIMEOUT_S) as connection:
        yield connection


def read_answer(connection: socket.socket) -> httpx.Response:
    """Return the next whole answer; one of 100 Continue is no answer, and fails."""
    with HTTPResponse(connection) as answer:
        assert connection.recv(12, socket.MSG_PEEK) != b"HTTP/1.1 100", "asked for the body"
        answer.begin()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())


def has_ended(connection: socket.socket) -> bool:
    """Tell whether the server hangs up without another byte."""
    return connection.recv(1) == b""


class Wire(asyncio.Transport):
    """The server's end of a connection without a network: keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        assert not self.closed
        self.written += data

    def close(self) -> None:
        """Hang up."""
        self.closed = True

    def is_closing(self) -> bool:
        """Tell whether it has hung up."""
        return self.closed

    def pause_reading(self) -> None:
        """Do nothing: nothing is read from here."""

    def resume_reading(self) -> None:
        """Do nothing: nothing is read from here."""
