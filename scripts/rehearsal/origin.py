"""Where the deployment is: the address that was given, looked up once for everyone."""

import asyncio
import ipaddress
import itertools
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scripts.rehearsal.failures import RehearsalFailed

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """A deployment's address, taken apart; `prefix` is its path, without a slash at the end."""

    url: str
    scheme: str
    host: str
    port: int
    prefix: str

    @property
    def is_loopback(self) -> bool:
        """Whether it is this very machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(text: str) -> Target:
    """Return the deployment's address; raise `ValueError` with a reason when it is none."""
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{text!r} is no http:// or https:// address")
    if parts.username or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is more than the address of a deployment")
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        raise ValueError(f"{text!r} has a port that is none") from None
    return Target(text.rstrip("/"), parts.scheme, parts.hostname, port, parts.path.rstrip("/"))


@dataclass(frozen=True)
class Origin:
    """A deployment that connections can be opened to, spread over all of its addresses."""

    target: Target
    addresses: Sequence[str]
    tls: ssl.SSLContext | None
    _turns: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first address."""
        object.__setattr__(self, "_turns", itertools.cycle(self.addresses))

    def next_address(self) -> str:
        """Return the address for the next connection."""
        return next(self._turns)


async def look_up(target: Target) -> Origin:
    """Return where the deployment is; raise `RehearsalFailed` when its name is not known."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise RehearsalFailed(f"{target.host} is not known here: {error.strerror}") from None
    # One family only: the first is the one that this machine prefers.
    addresses = [str(entry[4][0]) for entry in found if entry[0] == found[0][0]]
    tls = ssl.create_default_context() if target.scheme == "https" else None
    return Origin(target, list(dict.fromkeys(addresses)), tls)
