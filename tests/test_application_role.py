"""On AWS the owner of the tables migrates, and the application logs in as a role that may not."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from migrations.__main__ import main as migrate
from migrations.application_role import APPLICATION_ROLE
from scripts.local.postgresql import Cluster
from scripts.smoke_test.main import main as smoke
from shared.settings import get_settings
from tests.support.databases import organizer_key_in, run_sql
from tests.support.secrets_manager import Vault, configure, secrets_manager
from tests.support.server import running_server
from tests.support.terraform import text_of

OWNER = "owner_of_tables"
DATABASE = "with_an_owner"


@dataclass
class Deployment:
    """A database whose owner is no superuser, as on RDS, and the two secrets."""

    cluster: Cluster
    vault: Vault
    application_secret_id: str

    def application_url(self) -> str:
        """Return the address at which the application logs in with what the secret says."""
        stored = self.vault.client.get_secret_value(SecretId=self.application_secret_id)
        secret = json.loads(stored["SecretString"])
        return self.cluster.url(DATABASE, role=secret["username"], password=secret["password"])


@pytest.fixture
def deployment(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """The deployment, before its first migration."""
    admin = cluster.url("postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD 'made by RDS'")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    with secrets_manager(monkeypatch) as vault:
        owners = vault.create({"username": OWNER, "password": "made by RDS"})
        created = vault.client.create_secret(Name="ovation/application")["ARN"]
        configure(
            monkeypatch,
            DATABASE_URL=f"postgresql://{OWNER}@127.0.0.1:{cluster.port}/{DATABASE}",
            DATABASE_SECRET_ID=owners,
            DATABASE_APPLICATION_SECRET_ID=created,
            SIGNING_KEYS=os.environ["SIGNING_KEYS"],
        )
        yield Deployment(cluster, vault, created)
    get_settings.cache_clear()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        connection.execute(f"DROP ROLE IF EXISTS {APPLICATION_ROLE}")
        connection.execute(f"DROP ROLE {OWNER}")


async def test_everything_works_for_the_application_as_a_role_without_the_right_to_change_tables(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate(["upgrade"])
    url = deployment.application_url()
    monkeypatch.setenv("DATABASE_SECRET_ID", deployment.application_secret_id)
    get_settings.cache_clear()
    key = await organizer_key_in(url)
    with running_server(tmp_path / "log", DATABASE_URL=url, DATABASE_SECRET_ID="") as server:
        assert smoke([server.base_url, "--key", key]) == 0
    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE votes ADD COLUMN mine int",
        "DROP TABLE votes",
        "TRUNCATE votes",
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE ROLE mine",
        f"SET ROLE {OWNER}",
    ):
        with pytest.raises(InsufficientPrivilege):
            run_sql(url, statement)
    [(superuser, role, database, replication, bypass)] = run_sql(
        url,
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user",
    )
    assert not any((superuser, role, database, replication, bypass))
    # Of the role itself, since a function behind RDS Proxy cannot set them.
    limits = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
    assert run_sql(url, limits) == [("5s", "2s")]


def test_the_application_reaches_the_tables_of_every_later_migration(
    deployment: Deployment,
) -> None:
    migrate(["upgrade", "0003"])
    migrate(["upgrade"])
    tables = run_sql(
        deployment.application_url(),
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND relname <> 'alembic_version' AND NOT has_table_privilege(oid, 'INSERT')",
    )
    assert tables == []


def test_each_migration_gives_the_application_a_new_password(deployment: Deployment) -> None:
    migrate(["upgrade"])
    before = deployment.application_url()
    migrate(["upgrade"])
    assert run_sql(deployment.application_url(), "SELECT current_user") == [(APPLICATION_ROLE,)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run_sql(before, "SELECT 1")


def test_a_secret_that_cannot_be_written_leaves_the_password_as_it_was(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(["upgrade"])
    monkeypatch.setenv("DATABASE_APPLICATION_SECRET_ID", "no-such-secret")
    get_settings.cache_clear()
    with pytest.raises(Exception, match="ResourceNotFound"):
        migrate(["upgrade"])
    assert run_sql(deployment.application_url(), "SELECT 1") == [(1,)]


def test_terraform_names_the_role_that_migrations_make() -> None:
    assert f'application_role = "{APPLICATION_ROLE}"' in text_of("modules/database/main.tf")
