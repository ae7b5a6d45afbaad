"""One transaction in one round trip, on the real server: all of it or nothing, and errors as they are."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import example, given, settings, strategies
from psycopg import errors as pg
from sqlalchemy import text

from shared.db.engines import write_session
from shared.db.pipeline import Statement, array_literal, transact
from shared.db.retry import is_conflict, is_lost_connection, is_unavailable
from tests.support.held import held
from tests.support.tables import query

_INSERT = "INSERT INTO ledger (id, amount) VALUES (CAST(:id AS uuid), :amount) RETURNING id"
_LOCK = "SELECT 1 FROM ledger WHERE id = CAST(:id AS uuid) FOR UPDATE"
_NOTHING = "SELECT 1"


_MAKE = (
    "CREATE TABLE ledger (id uuid PRIMARY KEY, amount int CHECK (amount > 0))",
    """
    CREATE FUNCTION refuse_over_100() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT sum(amount) FROM ledger) > 100 THEN RAISE EXCEPTION 'over 100'; END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON ledger DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_over_100()
    """,
)


@pytest.fixture(autouse=True)
async def ledger(organizer_key: str) -> AsyncIterator[None]:
    """A table of positive amounts, of which a transaction may leave at most 100 in all."""
    async with write_session() as session:
        for statement in _MAKE:
            await session.execute(text(statement))
    yield
    async with write_session() as session:
        await session.execute(text("DROP TABLE ledger"))
        await session.execute(text("DROP FUNCTION refuse_over_100"))


async def _amounts() -> list[int]:
    return [amount for (amount,) in await query("SELECT amount FROM ledger ORDER BY amount")]


async def test_what_was_transacted_is_committed_and_the_last_statements_rows_come_back() -> None:
    first, second = uuid4(), uuid4()
    rows = await transact(
        [(_INSERT, {"id": first, "amount": 1}), (_INSERT, {"id": second, "amount": 2})]
    )
    assert rows == [(second,)]
    assert await _amounts() == [1, 2]


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_when_one_statement_fails_nothing_stays_and_its_own_error_is_raised(
    position: int,
) -> None:
    amounts = [1, 2, 3]
    amounts[position] = -1
    with pytest.raises(pg.CheckViolation) as raised:
        await transact([(_INSERT, {"id": uuid4(), "amount": amount}) for amount in amounts])
    assert not is_unavailable(raised.value) and not is_conflict(raised.value)
    assert await _amounts() == []


async def test_when_the_commit_fails_nothing_stays_and_its_error_is_raised() -> None:
    with pytest.raises(pg.RaiseException, match="over 100"):
        await transact([(_INSERT, {"id": uuid4(), "amount": 101}), (_NOTHING, {})])
    assert await _amounts() == []


async def test_connections_serve_on_after_failures_of_every_kind() -> None:
    # More often than psycopg needs to prepare a statement, so that preparing fails too.
    for turn in range(30):
        amount = (1, -1, 101)[turn % 3]
        writing = transact([(_INSERT, {"id": uuid4(), "amount": amount}), (_NOTHING, {})])
        if amount == 1:
            assert await writing == [(1,)]
        else:
            with pytest.raises(psycopg.Error):
                await writing
    assert await _amounts() == [1] * 10


async def test_a_connection_whose_prepared_statements_are_gone_serves_on() -> None:
    for _ in range(3):
        assert await transact([(_NOTHING, {})]) == [(1,)]
        assert await transact([("DEALLOCATE ALL", {}), (_NOTHING, {})]) == [(1,)]


async def test_a_deadlock_is_a_conflict_of_one_and_the_other_goes_through() -> None:
    one, other = uuid4(), uuid4()
    for each in (one, other):
        await transact([(_INSERT, {"id": each, "amount": 1})])
    pause: Statement = ("SELECT pg_sleep(0.2)", {})
    crosswise = [
        transact([(_LOCK, {"id": first}), pause, (_LOCK, {"id": second})])
        for first, second in ((one, other), (other, one))
    ]
    outcomes = await asyncio.gather(*crosswise, return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [is_conflict(outcome) for outcome in failed] == [True]
    assert [(1,)] in outcomes


async def test_a_lock_that_is_not_given_in_time_is_a_conflict() -> None:
    row = uuid4()
    await transact([(_INSERT, {"id": row, "amount": 1})])
    short: Statement = ("SET LOCAL lock_timeout = '50ms'", {})
    async with held("SELECT 1 FROM ledger WHERE id = :id FOR UPDATE", id=row):
        with pytest.raises(pg.LockNotAvailable) as raised:
            await transact([short, (_LOCK, {"id": row})])
    assert is_conflict(raised.value)


async def test_a_connection_that_is_ended_underway_is_lost_and_never_used_again() -> None:
    async def end(row: UUID) -> None:
        sleeping = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(5)%'"
        while not (found := await query(sleeping)):
            await asyncio.sleep(0.01)
        await transact([("SELECT pg_terminate_backend(:pid)", {"pid": found[0][0]})])

    row = uuid4()
    ending = asyncio.create_task(end(row))
    with pytest.raises(psycopg.OperationalError) as raised:
        insert = (_INSERT, {"id": row, "amount": 1})
        await transact([insert, ("SELECT pg_sleep(5)", {})])
    await ending
    assert is_lost_connection(raised.value)
    assert await _amounts() == []
    for _ in range(10):
        assert await transact([(_NOTHING, {})]) == [(1,)]


@settings(max_examples=150, deadline=None)
@given(
    strategies.lists(
        strategies.none()
        | strategies.text(strategies.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    )
)
@example(["NULL", "", " ", None, '"', "\\", "{}", "a,b", "\n\t", '\\"', "null"])
async def test_any_texts_come_out_of_an_array_literal_as_they_were(
    texts: list[str | None],
) -> None:
    read = "SELECT CAST(:literal AS text[])"
    assert await transact([(read, {"literal": array_literal(texts)})]) == [(texts,)]
