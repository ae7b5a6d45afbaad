"""The database stops answering but breaks no connection: nobody waits for ever, and all heals by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest

from scripts.local.postgresql import Cluster
from scripts.local.processes import postgres_processes
from tests.support.log_lines import access_lines
from tests.support.own_deployment import OwnDeployment, own_deployment
from tests.support.problems import check_problem
from tests.support.server import READY
from tests.support.stage import set_stage

DEADLINE_S = 2
# Beside the deadline itself, some for a busy machine.
LONGEST_ANSWER_S = DEADLINE_S + 4


@pytest.fixture
async def deployment() -> AsyncIterator[OwnDeployment]:
    """One with a short deadline."""
    async with own_deployment(REQUEST_TIMEOUT_S=str(DEADLINE_S)) as deployment:
        yield deployment


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Let no process of PostgreSQL run within the context; the system answers for their sockets."""
    pids = postgres_processes(cluster.directory, cluster.account)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def test_a_request_to_a_frozen_database_is_answered_and_the_same_vote_counts_later(
    deployment: OwnDeployment, client: httpx.AsyncClient
) -> None:
    async with deployment.api() as api:
        stage = await set_stage(api)
        calls = {
            "cast_vote": "participant",
            "upvote_question": "participant",
            "ask_question": "participant",
            "get_me": "participant",
            "create_poll": "host",
            "get_results": "host",
        }

        async def answer(operation: str, role: str) -> httpx.Response:
            started = time.monotonic()
            response = await stage.call(operation, stage.tokens[role])
            assert time.monotonic() - started < LONGEST_ANSWER_S, operation
            return response

        for operation, role in calls.items():
            assert (await answer(operation, role)).is_success
        with frozen(deployment.cluster):
            refused = await asyncio.gather(*(answer(*call) for call in calls.items()))
            # The places that are taken do not come back meanwhile, but nobody waits for them longer.
            refused += await asyncio.gather(*(answer(*call) for call in calls.items()))
        for response in refused:
            check_problem(response, 503, "unavailable")

        deployment.server.wait_until(READY, timeout_s=30)
        for operation, role in calls.items():
            assert (await answer(operation, role)).is_success
        assert (await api.results({"id": stage.ids["poll_id"]}))["voters"] == 1
        for line in access_lines(deployment.server, operation="cast_vote", status=503):
            assert line["event_id"] == stage.ids["event_id"] and line["participant"]
    assert "a request was given up" in deployment.server.text()
