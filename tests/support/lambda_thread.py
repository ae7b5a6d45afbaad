"""A Lambda handler in this process, in a thread of its own as it would have a container of its own."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from shared.http.lambda_adapter import LambdaHandler
from tests.support.lambda_events import Answer, answer_of


class Container:
    """Invokes a handler with one event at a time, in the thread that has its event loop."""

    def __init__(self, handler: LambdaHandler, thread: ThreadPoolExecutor) -> None:
        self._handler = handler
        self._thread = thread

    def __call__(self, event: Any) -> Answer:
        """Return the answer to an event, as an HTTP client sees it."""
        return answer_of(self.raw(event))

    def raw(self, event: Any) -> dict[str, Any]:
        """Return what the handler returns to an event."""
        return self._thread.submit(self._handler, event, None).result(timeout=30)

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run a coroutine on the handler's loop, between two invocations."""

        def run_there() -> Any:
            return asyncio.get_event_loop().run_until_complete(work())

        return self._thread.submit(run_there).result(timeout=30)


@contextmanager
def in_thread(handler: LambdaHandler) -> Iterator[Container]:
    """Yield the handler's container; its loop ends with the context."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            yield Container(handler, thread)
        finally:
            thread.submit(handler.close).result()
