"""What `scripts/run` can be told. Standard library only: it is read before the environment exists."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    """The wishes of whoever started it; paths are absolute."""

    port: int
    host: str
    data_dir: Path
    demo: bool
    ready_file: Path | None


def parse_options(arguments: Sequence[str]) -> Options:
    """Return the options; exit with status 2 and a line on standard error when they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Run Ovation on this machine, with a PostgreSQL of its own unless DATABASE_URL is set.",
        epilog="WEB_CONCURRENCY sets the number of server processes (default 1); every setting of the "
        "README's table is taken from the environment.",
    )
    parser.add_argument("--port", type=_port, default=8000, help="port, 0 for any (default 8000)")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; 0.0.0.0 lets phones in (default 127.0.0.1)",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=ROOT / ".data",
        metavar="DIR",
        help="where database, keys and logs live (default .data in the checkout)",
    )
    parser.add_argument("--no-demo", action="store_true", help="make no demo event")
    parser.add_argument(
        "--ready-file",
        type=Path,
        metavar="PATH",
        help="write addresses and keys, as JSON, to this file once requests are taken",
    )
    given = parser.parse_args(arguments)
    return Options(
        port=given.port,
        host=given.host,
        data_dir=given.data_dir.absolute(),
        demo=not given.no_demo,
        ready_file=given.ready_file.absolute() if given.ready_file else None,
    )


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not between 0 and 65535")
    return port
