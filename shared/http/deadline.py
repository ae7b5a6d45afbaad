"""No request waits for ever: after a while it is answered with 503, whatever became of its work.

A database that is frozen, its host alive, neither answers nor breaks its connections; no timeout of its
own runs then, and even the driver's cancellation waits for it.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Unavailable
from shared.http.error_handlers import problem_for
from shared.http.request_context import request_id
from shared.observability import logger
from shared.settings import get_settings


class Deadline:
    """Answer for `app` when it has begun no answer in time; one that it has begun may take longer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what it was about to write may be written all the same."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering: asyncio.Task[None] | None = None
        serving = asyncio.current_task()
        assert serving is not None

        def give_up() -> None:
            nonlocal answering
            logger.warning("a request was given up", extra={"operation": _operation(scope)})
            late = problem_for(Unavailable("This took too long. Try again."), request_id(scope))
            # Not left to the request's own task: that may be stuck, and stay so.
            answering = asyncio.create_task(late(scope, receive, send))
            serving.cancel()

        async def send_in_time(message: Message) -> None:
            if answering is None:
                timer.cancel()
                await send(message)

        timer = asyncio.get_running_loop().call_later(get_settings().request_timeout_s, give_up)
        try:
            await self._app(scope, receive, send_in_time)
        except BaseException:
            if answering is None:
                raise
        finally:
            timer.cancel()
        if answering is not None:
            serving.uncancel()
            await answering


def _operation(scope: Scope) -> str:
    return getattr(scope.get("route"), "name", None) or "unknown"
