"""Retention as cron runs it: a process of its own, which a lost database ends and the next one follows."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from scripts.local.postgresql import Cluster
from tests.support.api import Api
from tests.support.application import ROOT
from tests.support.databases import migrated_database, organizer_key_in, run_sql
from tests.support.server import running_server
from tests.support.traces import traces


@dataclass(frozen=True)
class ExpiredEvent:
    """A database of its own, with an expired event of many people."""

    url: str
    event_id: str

    def run(self) -> subprocess.Popen[str]:
        """Start the operation as cron does."""
        return subprocess.Popen(
            [sys.executable, "-m", "handlers.operations.erase_expired"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.url, "METRICS_ENABLED": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def people(self) -> int:
        """Return how many are left."""
        [(left,)] = run_sql(self.url, "SELECT count(*) FROM participants")
        return int(str(left))


@pytest.fixture
async def expired(cluster: Cluster, tmp_path: Path) -> AsyncIterator[ExpiredEvent]:
    with migrated_database(cluster) as url:
        key = await organizer_key_in(url)
        with running_server(tmp_path / "log", DATABASE_URL=url) as server:
            async with httpx.AsyncClient(base_url=server.base_url, timeout=30) as client:
                api = Api(client, key)
                event = await api.make_event(retention_days=1)
                poll = await api.make_poll(event)
        run_sql(
            url,
            f"""
            INSERT INTO participants (id, event_id, display_name)
            SELECT gen_random_uuid(), '{event["id"]}', 'Grace' FROM generate_series(1, 30000)
            """,
        )
        run_sql(
            url,
            f"""
            INSERT INTO votes (poll_id, participant_id, ballot, counts)
            SELECT '{poll["id"]}', id, '{{}}', '{{"voters": 1}}' FROM participants
            """,
        )
        run_sql(url, "UPDATE events SET changed_at = now() - interval '2 days'")
        yield ExpiredEvent(url, event["id"])


async def test_a_database_that_goes_away_amid_an_erasure_fails_the_run_and_the_next_one_ends_it(
    expired: ExpiredEvent,
) -> None:
    people = "SELECT count(*) FROM participants"
    last = "SELECT 1 FROM participants ORDER BY ctid DESC LIMIT 1 FOR UPDATE"
    with (
        psycopg.connect(expired.url) as holding,
        psycopg.connect(expired.url, autocommit=True) as connection,
    ):
        # However quick it is, it cannot end before its connection does.
        holding.execute(last)
        running = expired.run()
        async with asyncio.timeout(60):
            while connection.execute(people).fetchone() == (30_000,):
                await asyncio.sleep(0.005)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'ovation-write' AND datname = current_database()"
        )
        output, _ = running.communicate(timeout=60)
    assert running.returncode == 1, output
    assert "an expired event was not erased" in output
    assert 0 < expired.people() < 30_000

    ended = expired.run()
    output, errors = ended.communicate(timeout=60)
    assert ended.returncode == 0, errors
    assert json.loads(output.splitlines()[-1]) == {"erased": 1, "failed": 0, "left": 0}
    assert '"ErasedEvents":' in output
    assert traces(expired.url, expired.event_id, "Grace") == {}
