"""What a health check looks at."""

import asyncio
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import text

from shared.db.engines import read_session
from shared.db.retry import DATABASE_ERRORS
from shared.db.revision import SCHEMA_REVISION
from shared.observability import log_failure
from shared.schemas import example
from shared.secrets import SecretError, current_signing_keys

_PATIENCE_S = 3.0
Check = Literal["ok", "failed"]


class Live(BaseModel):
    """The process answers, and how loaded it is."""

    model_config = example(status="ok", load_step=0)

    status: Literal["ok"] = "ok"
    load_step: int = Field(
        description="0: calm, 1: clients are told to poll less often, 2: reads are shed before votes"
    )


class Checks(BaseModel):
    """What requests need, each by itself."""

    database: Check
    migrations: Check
    secrets: Check

    def all_ok(self) -> bool:
        """Tell whether requests can be served."""
        return self.database == self.migrations == self.secrets == "ok"


class Ready(BaseModel):
    """Whether requests can be served, and what of it is away."""

    model_config = example(
        status="ok", checks={"database": "ok", "migrations": "ok", "secrets": "ok"}
    )

    status: Literal["ok"] = "ok"
    checks: Checks


# The table is looked up first: a database that was never migrated has none.
_REVISION = text("SELECT version_num FROM alembic_version")
_IS_MIGRATED = text("SELECT to_regclass('alembic_version') IS NOT NULL")


async def run_checks() -> Checks:
    """Ask the database and the secrets, a few seconds at most."""
    database: Check = "ok"
    migrations: Check = "failed"
    try:
        async with asyncio.timeout(_PATIENCE_S), read_session() as session:
            if await session.scalar(_IS_MIGRATED):
                # A newer one is fine: a deployment migrates while the code before it still runs.
                revision = await session.scalar(_REVISION) or ""
                migrations = "ok" if revision >= SCHEMA_REVISION else "failed"
    except (*DATABASE_ERRORS, SecretError, OSError, TimeoutError) as error:
        log_failure("not ready", error)
        database = "failed"
    return Checks(database=database, migrations=migrations, secrets=await _check_secrets())


async def _check_secrets() -> Check:
    try:
        await current_signing_keys()
    except SecretError as error:
        log_failure("not ready", error)
        return "failed"
    return "ok"
