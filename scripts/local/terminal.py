"""What the person at the terminal sees."""

import io
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import segno

from scripts.local.data_directory import DataDirectory
from scripts.local.demo import Demo

# How this machine reaches a server that listens on every address.
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec B104  # looked up, not listened on
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def say(text: str = "", end: str = "\n") -> None:
    """Write to standard output; a terminal that is gone is no reason to stop serving."""
    with suppress(OSError):
        print(text, end=end, flush=True)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Show what is being done, and how long it took."""
    say(f"{doing} ...", end="")
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say()
        raise
    say(f" {time.monotonic() - started:.1f} s")


def base_url(host: str, port: int) -> str:
    """Return the address at which this machine itself reaches the server."""
    reachable = LOOPBACK_OF.get(host, host)
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"


def shared_url(host: str, port: int) -> str:
    """Return the address to hand out: the machine's own when it listens on every one."""
    return base_url(_own_address() if host in LOOPBACK_OF else host, port)


def _own_address() -> str:
    """Return the address that this machine has on its network, 127.0.0.1 when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: asks the routing table which address would be used.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def show_links(host: str, url: str, demo: Demo | None, deployment: DataDirectory) -> None:
    """Print where to go, with a QR code to join by where a terminal can show one."""
    say()
    join = f"{url}/?code={demo.join_code}" if demo else f"{url}/"
    if demo and sys.stdout.isatty() and "utf" in (sys.stdout.encoding or "").lower():
        say(_qr_code(join))
    say(f"  Join        {join}")
    if demo:
        say(f"  Host        {url}/#host={demo.event_id}:{demo.host_token}")
    say(f"  API docs    {url}/docs")
    say(f"  API key     in {deployment.organizer_key_file}")
    say(f"  Logs        {deployment.server_log} and postgresql.log")
    if host in LOOPBACK:
        say("  For phones on the same network, start with --host 0.0.0.0")
    say("  Ctrl-C stops it.")


def _qr_code(text: str) -> str:
    picture = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(picture, compact=True, border=2)
    return picture.getvalue()
