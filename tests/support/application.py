"""Bringing up what the application needs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def migrate(database_url: str, *arguments: str) -> None:
    """Run a migration command, `upgrade` by default, as a deployment would."""
    subprocess.run(
        [sys.executable, "-m", "migrations", *(arguments or ("upgrade",))],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        check=True,
    )


async def new_organizer_key(name: str) -> str:
    """Return a new API key of the organizer of that name."""
    from shared.api_keys.queries import create_organizer_key
    from shared.db.engines import write_session

    async with write_session() as session:
        return await create_organizer_key(session, organizer_name=name, key_name="test")
