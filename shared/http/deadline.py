"""No request waits for ever: after a while it is answered with 503, whatever became of its work.

A database that is frozen, its host alive, neither answers nor breaks its connections; no timeout of its
own runs then, and even the driver's cancellation waits for it.
"""

import asyncio
import math
import time
from collections.abc import Callable
from contextvars import copy_context

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.db.per_loop import PerLoop
from shared.errors import Unavailable
from shared.http.answer import FindAnswer, ReadBody, Respond, no_answer
from shared.http.error_handlers import problem_for
from shared.http.problems import answer_of
from shared.http.request_context import request_id
from shared.observability import log_failure, logger
from shared.settings import get_settings


class Deadline:
    """Answer for `app` when it has begun no answer in time; one that it has begun may take longer.

    `find_answer` is asked for the answers that need no messages.
    """

    def __init__(self, app: ASGIApp, *, find_answer: FindAnswer = no_answer) -> None:
        self._app = app
        self._find_answer = find_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what it was about to write may be written all the same."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering: asyncio.Task[None] | None = None

        def answer_late(problem: Response) -> None:
            nonlocal answering
            answering = asyncio.create_task(problem(scope, receive, send))

        async def send_in_time(message: Message) -> None:
            if not waiting.is_over:
                waiting.end()
                await send(message)

        waiting = _Waiting(scope, answer_late)
        try:
            await self._app(scope, receive, send_in_time)
        except BaseException as error:
            waiting.report(error)
        finally:
            waiting.end()
        if answering is not None:
            await answering

    async def give_answer(self, scope: Scope, read_body: ReadBody, respond: Respond) -> bool:
        """Give the answer to a request to `respond`, in time; return False for one that is to be called."""
        waiting = _Waiting(scope, lambda problem: respond(answer_of(problem)))
        answer = None
        try:
            answer = await self._find_answer(scope, read_body)
        except BaseException as error:
            waiting.report(error)
        finally:
            waiting.end()
        if answer is not None and not waiting.is_over:
            respond(answer)
        return answer is not None or waiting.is_over


class _Waiting:
    """A request of the running task that has no answer yet; `is_over` once it has waited too long."""

    __slots__ = ("is_over", "due", "_scope", "_answer_late", "_serving", "_context", "_register")

    def __init__(self, scope: Scope, answer_late: Callable[[Response], None]) -> None:
        self.is_over = False
        # In seconds of the monotonic clock; once for a request, also where it is asked for and then called.
        due = time.monotonic() + get_settings().request_timeout_s
        self.due: float = scope.setdefault("state", {}).setdefault("due", due)
        self._scope = scope
        self._answer_late = answer_late
        self._serving = asyncio.current_task()
        # For the request's id in its log lines; what is bound from here on (its event) is missing in them.
        self._context = copy_context()
        self._register = _waiting.get()
        self._register.add(self)

    def end(self) -> None:
        """Wait no longer; where it is over, take back what ended the task, once."""
        self._register.remove(self)
        if self.is_over and self._serving is not None:
            self._serving.uncancel()

    def report(self, error: BaseException) -> None:
        """Raise what the work raised, unless that was ended from here; what failed too late is logged."""
        if not self.is_over:
            raise error
        if isinstance(error, Exception):
            log_failure("failed after it was given up", error)

    def give_up(self) -> None:
        """Answer that it took too long, and end what was to answer."""
        self.is_over = True
        try:
            self._context.run(self._say_so)
        except Exception as error:
            # The timer goes on for the others.
            log_failure("a late answer failed", error)
        finally:
            if self._serving is not None:
                self._serving.cancel()

    def _say_so(self) -> None:
        logger.warning("a request was given up", extra={"operation": _operation(self._scope)})
        # Not left to the request's own task: that may be stuck, and stay so.
        late = Unavailable("This took too long. Try again.")
        self._answer_late(problem_for(late, request_id(self._scope)))


class _AllWaiting:
    """The requests of one event loop that wait: one timer for all, where each would have needed one."""

    def __init__(self) -> None:
        self._waiting: dict[_Waiting, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due_next = math.inf

    def add(self, waiting: _Waiting) -> None:
        """Give it up when its time has come."""
        self._waiting[waiting] = None
        if waiting.due < self._due_next:
            self._look_at(waiting.due)

    def remove(self, waiting: _Waiting) -> None:
        """Leave it alone."""
        self._waiting.pop(waiting, None)

    def _look_at(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due_next = due
        self._timer = asyncio.get_running_loop().call_later(due - time.monotonic(), self._look)

    def _look(self) -> None:
        now = time.monotonic()
        late = [waiting for waiting in self._waiting if waiting.due <= now]
        for waiting in late:
            self.remove(waiting)
        self._timer, self._due_next = None, math.inf
        if self._waiting:
            self._look_at(min(waiting.due for waiting in self._waiting))
        for waiting in late:
            waiting.give_up()


_waiting = PerLoop(_AllWaiting)


def _operation(scope: Scope) -> str:
    return getattr(scope.get("route"), "name", None) or "unknown"
