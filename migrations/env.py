"""How Alembic reaches the database: alone, and never waiting long for a lock that users hold.

Each migration is compatible with the code that runs before it, so a deployment migrates first.
"""

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from migrations.limits import LOCK_TIMEOUT_MS, MIGRATION_LOCK, STATEMENT_TIMEOUT_MS
from migrations.tables import metadata
from shared.secrets import login_address
from shared.settings import get_settings


def _run(connection: Connection) -> None:
    # Wait for another process's migration, however long: then nothing is left to do.
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
    connection.execute(text(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    address = login_address(get_settings())
    engine = create_engine(
        "postgresql+psycopg://", connect_args=dict(address.parts), poolclass=NullPool
    )
    # The lock ends with the connection, also when the process is killed.
    with engine.connect() as open_connection:
        _run(open_connection)
