"""A process learns of its own changes when they are committed, and of nothing else."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from shared.db.engines import write_session
from shared.feed import announce
from shared.feed.announce import on_feed_changed
from shared.feed.publish import announce_after_commit


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient) -> list[UUID]:
    monkeypatch.setattr(announce, "_listeners", [])
    changed: list[UUID] = []
    on_feed_changed(changed.append)
    return changed


async def test_a_change_is_announced_after_its_commit(heard: list[UUID]) -> None:
    async with write_session() as session:
        announce_after_commit(session, UUID(int=1))
        assert heard == []
    assert heard == [UUID(int=1)]


async def test_a_change_that_is_rolled_back_is_not_announced(heard: list[UUID]) -> None:
    with pytest.raises(ZeroDivisionError):
        async with write_session() as session:
            announce_after_commit(session, UUID(int=1))
            raise ZeroDivisionError
    async with write_session() as session:
        await session.execute(text("SELECT 1"))
    assert heard == []
