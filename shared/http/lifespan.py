"""Starting and stopping a server's application; one that cannot start says why in one line."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.observability import log_failure
from shared.secrets import SecretError

Lifespan = Callable[[], AbstractAsyncContextManager[None]]


class WithLifespan:
    """Run `lifespan` around everything that `app` serves.

    Not FastAPI's own, which answers a failed start with a traceback of forty lines.
    """

    def __init__(self, app: ASGIApp, lifespan: Lifespan) -> None:
        self._app = app
        self._lifespan = lifespan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or the server's start and stop."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._lifespan())
            except SecretError as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            except Exception as error:
                # Said, not raised: a server takes an exception for an application without lifespan.
                log_failure("cannot start", error)
                await send({"type": "lifespan.startup.failed", "message": ""})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})
