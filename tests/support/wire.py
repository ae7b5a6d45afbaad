"""Requests byte by byte, for what no client library would send."""

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
