"""The Lambda functions of the burst endpoints, in this process or as AWS starts them."""

import asyncio
import importlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from tests.support.lambda_events import Answer
from tests.support.lambda_runtime import LambdaContainer, lambda_container
from tests.support.lambda_thread import in_thread

FUNCTIONS: Mapping[str, str] = {
    "join_event": "handlers.join.join_event",
    "get_changes": "handlers.feed.get_changes",
    "cast_vote": "handlers.polls.cast_vote",
    "submit_answer": "handlers.quizzes.submit_answer",
    "ask_question": "handlers.questions.ask_question",
    "upvote_question": "handlers.questions.upvote_question",
    "send_reaction": "handlers.reactions.send_reaction",
}


class Functions:
    """Each function has one container, started by its first event."""

    def __init__(
        self, database_url: str, stack: AsyncExitStack, *, as_process: bool, **variables: str
    ) -> None:
        self.containers: dict[str, LambdaContainer] = {}
        self._in_process: dict[str, Callable[[object], Answer]] = {}
        self._stack = stack
        self._as_process = as_process
        self._variables = {
            "DATABASE_URL": database_url,
            "SIGNING_KEYS": os.environ["SIGNING_KEYS"],
            "TRUSTED_PROXY_HOPS": "1",
            **variables,
        }

    async def __call__(self, operation: str, event: object) -> httpx.Response:
        """Return the answer of an operation's function to an event."""
        if self._as_process:
            answer = await self.container(operation).call(event)
        else:
            answer = await asyncio.to_thread(self._handler(operation), event)
        headers = [(name, value) for name, values in answer.headers.items() for value in values]
        return httpx.Response(answer.status, headers=headers, content=answer.body)

    def container(self, operation: str) -> LambdaContainer:
        """Return the container of an operation's function."""
        if operation not in self.containers:
            name = f"{FUNCTIONS[operation]}.handler"
            started = self._stack.enter_context(lambda_container(name, self._variables))
            self.containers[operation] = started
        return self.containers[operation]

    def _handler(self, operation: str) -> Callable[[object], Answer]:
        if operation not in self._in_process:
            handler = importlib.import_module(FUNCTIONS[operation]).handler
            container = self._stack.enter_context(in_thread(handler))
            self._stack.push_async_callback(asyncio.to_thread, container.run, _close)
            self._in_process[operation] = container
        return self._in_process[operation]


@asynccontextmanager
async def functions(
    database_url: str, *, as_process: bool, **variables: str
) -> AsyncIterator[Functions]:
    """Yield the functions; their containers end with the context."""
    async with AsyncExitStack() as stack:
        yield Functions(database_url, stack, as_process=as_process, **variables)


async def _close() -> Any:
    from shared.db.engines import close_database
    from shared.db.group_commit import drain_queues

    await drain_queues()
    await close_database()
