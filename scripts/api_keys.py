"""Make an organizer's first API key: `scripts/create_api_key --organizer "ACME"`.

Prints the key, once; the database keeps its hash only. With `--data-dir` it is a key of the local
deployment there, which has to run; else of the database that the environment's settings name.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path


async def create_api_key(organizer: str, name: str) -> str:
    """Return a new key of the organizer of that name, who is added if missing."""
    # Only now: the settings are read at the first import of these.
    from shared.api_keys.queries import create_organizer_key
    from shared.db.engines import close_database, write_session

    try:
        async with write_session() as session:
            return await create_organizer_key(session, organizer_name=organizer, key_name=name)
    finally:
        await close_database()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a new key and return 0, or say on standard error why there is none and return 1."""
    parser = argparse.ArgumentParser(prog="scripts/create_api_key", description=__doc__)
    parser.add_argument("--organizer", required=True, help="the organizer's name; made if missing")
    parser.add_argument("--name", default="first key", help="the key's name (default: first key)")
    parser.add_argument("--data-dir", type=Path, help="the local deployment's data directory")
    given = parser.parse_args(arguments)
    try:
        if given.data_dir:
            os.environ["DATABASE_URL"] = local_database_url(given.data_dir)
        elif not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_SECRET_ID")):
            raise LookupError("set DATABASE_URL, or name a local deployment's --data-dir")
        print(asyncio.run(create_api_key(given.organizer, given.name)))
    except Exception as error:  # whatever it is, a person reads it: one line, no password in it
        reason = str(error).strip().splitlines() or [type(error).__name__]
        print(f"create_api_key: {reason[0]}", file=sys.stderr)
        return 1
    return 0


def local_database_url(data_dir: Path) -> str:
    """Return the address of a local deployment's own database; raise `LookupError` without one."""
    try:
        port = int((data_dir / "postgresql.port").read_text())
        password = (data_dir / "database.password").read_text().strip()
    except (OSError, ValueError):
        raise LookupError(f"{data_dir} holds no deployment with a database of its own") from None
    return f"postgresql://ovation:{password}@127.0.0.1:{port}/ovation"


if __name__ == "__main__":
    sys.exit(main())
