"""Commits that go wrong, on the real server."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy import text

_REFUSE = "RAISE EXCEPTION 'refused at commit'"
_END = "PERFORM pg_terminate_backend(pg_backend_pid())"
# A sequence keeps its value when the transaction that asked for it is gone.
_END_ONCE = f"IF nextval('commits_tried') = 1 THEN {_END}; END IF"


@asynccontextmanager
async def _at_commit(table: str, action: str) -> AsyncIterator[None]:
    """Do `action` at each commit of a transaction that wrote to the table, within the context."""
    from shared.db.engines import write_session

    make = (
        "CREATE SEQUENCE commits_tried",
        f"""
        CREATE FUNCTION act_at_commit() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN {action}; RETURN NULL; END $$
        """,
        f"""
        CREATE CONSTRAINT TRIGGER act_at_commit AFTER INSERT OR UPDATE OR DELETE ON {table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION act_at_commit()
        """,
    )
    undo = (
        f"DROP TRIGGER act_at_commit ON {table}",
        "DROP FUNCTION act_at_commit",
        "DROP SEQUENCE commits_tried",
    )
    async with write_session() as session:
        for statement in make:
            await session.execute(text(statement))
    try:
        yield
    finally:
        async with write_session() as session:
            for statement in undo:
                await session.execute(text(statement))


def refused_commits(table: str) -> AbstractAsyncContextManager[None]:
    """Let every commit that wrote to the table be refused."""
    return _at_commit(table, _REFUSE)


def ended_commits(table: str, *, once: bool = False) -> AbstractAsyncContextManager[None]:
    """Let the connection be ended at every such commit, or at the first one only."""
    return _at_commit(table, _END_ONCE if once else _END)
