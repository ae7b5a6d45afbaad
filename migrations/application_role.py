"""The role that the application logs in as on AWS: it reads and writes rows, and changes no table.

`upgrade` makes it, as the owner of the tables, where DATABASE_APPLICATION_SECRET_ID says where its login is
kept. Each run grants what the newest tables need, and gives it a new password. Decision 0052.
"""

import importlib
import json
import secrets
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from migrations.limits import LOCK_TIMEOUT_MS, MIGRATION_LOCK
from shared.secrets import login_address
from shared.settings import Settings

APPLICATION_ROLE = "ovation_application"
# What Alembic writes is the owner's; the application asks which migration was the last.
_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
)


def renew_application_role(settings: Settings) -> None:
    """Make the role, or give it a new password, and keep its login in the secret; no secret, no role."""
    if not settings.database_application_secret_id:
        return
    password = secrets.token_urlsafe(32)
    parts: dict[str, Any] = dict(login_address(settings).parts)
    with psycopg.connect(**parts) as connection:
        _change_role(connection, settings, password)
        # Before the commit: where the secret cannot be written, the old password stays in force.
        _store(settings, {"username": APPLICATION_ROLE, "password": password})


def _change_role(
    connection: psycopg.Connection[tuple[object, ...]], settings: Settings, password: str
) -> None:
    role = Identifier(APPLICATION_ROLE)
    connection.execute(SQL("SELECT pg_advisory_xact_lock({})").format(Literal(MIGRATION_LOCK)))
    connection.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(LOCK_TIMEOUT_MS)))
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
    verb = SQL("ALTER" if exists.fetchone() else "CREATE")
    # Its hash, made here, so that no log of statements can hold the password.
    hashed = connection.pgconn.encrypt_password(
        password.encode(), APPLICATION_ROLE.encode(), b"scram-sha-256"
    )
    connection.execute(
        SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, Literal(hashed.decode()))
    )
    # Functions cannot say these themselves: through RDS Proxy a session has no values of its own.
    for name, milliseconds in (
        ("statement_timeout", settings.database_statement_timeout_ms),
        ("lock_timeout", settings.database_lock_timeout_ms),
    ):
        limit = SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(limit.format(role, Identifier(name), Literal(milliseconds)))
    for grant in _GRANTS:
        connection.execute(SQL(grant).format(role=role))


def _store(settings: Settings, login: dict[str, str]) -> None:
    # By name: boto3 ships no types, and only this needs it here.
    boto3 = importlib.import_module("boto3")
    boto3.client("secretsmanager", region_name=settings.aws_region).put_secret_value(
        SecretId=settings.database_application_secret_id, SecretString=json.dumps(login)
    )
