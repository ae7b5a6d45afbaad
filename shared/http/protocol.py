"""The server's HTTP protocol: uvicorn's, but the application is asked for a whole answer before it is called.

For a poll as soon as its headers are there (docs/decisions/0036), for a vote once its body is (0054): the
messages of a call cost as much again as either. And what the parser refuses is answered as every other
mistake is; uvicorn answers such bytes by itself, in its own words.

uvicorn loads this by `--http shared.http.protocol:HttpProtocol`; a Lambda has no uvicorn, and never imports
it.
"""

import logging
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from shared.http.access_log import AccessLog
from shared.http.problems import BAD_REQUEST, answer_of, problem_response
from shared.http.request_context import new_request_id
from shared.http.whole_answer import WholeAnswer, header_lines, whole_answer
from shared.observability import logger

_access_log = AccessLog()
_CLOSE = b"connection: close\r\n"


class HttpProtocol(HttpToolsProtocol):
    """One connection. Before a call, asks by the application's `at_once` and `give_answer` if it has them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_once: Callable[[Scope], WholeAnswer | None] | None
        self._at_once = getattr(self.app, "at_once", None)
        self._is_answered = False

    def on_headers_complete(self) -> None:
        """Answer at once, or begin to serve the request."""
        answer = self._find_at_once()
        self._is_answered = answer is not None
        if answer is None:
            # What was answered at once, and came in the same packet, has begun it.
            self._unset_keepalive_if_required()
            super().on_headers_complete()
            return
        self._write(answer)
        self.on_response_complete()

    def _write(self, answer: WholeAnswer, last_line: bytes = b"") -> None:
        self.transport.write(
            b"".join(
                (
                    STATUS_LINE[answer.status],
                    _servers_lines(tuple(self.server_state.default_headers)),
                    answer.header_lines,
                    last_line,
                    b"\r\n",
                    answer.body,
                )
            )
        )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Serve a request, by one answer where the application has it, else by messages."""
        # Not self.app: uvicorn puts an application of its own in place when there are too many connections.
        if not hasattr(app, "give_answer"):
            super()._start_asgi_task(cycle, app)
            return
        task = self.loop.create_task(self._serve(cycle, app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _serve(self, cycle: RequestResponseCycle, app: Any) -> None:
        if not self.flow.write_paused and await self._is_answered_whole(cycle, app):
            return
        await cycle.run_asgi(app)

    async def _is_answered_whole(self, cycle: RequestResponseCycle, app: Any) -> bool:
        is_answered = True
        try:
            read_body, write = partial(_whole_body, cycle), partial(self._complete, cycle)
            is_answered = await app.give_answer(cycle.scope, read_body, write)
        finally:
            if is_answered:
                # As uvicorn does: references in a circle would outlive the connection.
                cycle.on_response = _nothing
        # Reading the body may have used up this note to whoever is called.
        cycle.message_event.set()
        return bool(is_answered)

    def _complete(self, cycle: RequestResponseCycle, answer: WholeAnswer) -> None:
        """Write the answer to a request that was not called, and go on as after one that was."""
        # Only the last of a connection's requests is told that the client is gone.
        if cycle.disconnected or self.transport.is_closing():
            return
        self._write(answer, b"" if cycle.keep_alive else _CLOSE)
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def on_message_complete(self) -> None:
        """Hand on that all of the request is there, unless it is answered."""
        if not self._is_answered:
            super().on_message_complete()

    def _find_at_once(self) -> WholeAnswer | None:
        """Return the answer to an ordinary request that has one ready; none is a request with a body."""
        if self._at_once is None or not self._is_free() or self.parser.get_method() != b"GET":
            return None
        # A request with a whole address, or with a fragment, is uvicorn's to understand.
        if not self.url.startswith(b"/") or b"#" in self.url:
            return None
        scope = cast(dict[str, Any], self.scope)
        scope["method"] = "GET"
        scope["raw_path"], _, scope["query_string"] = self.url.partition(b"?")
        return self._at_once(scope)

    def _is_free(self) -> bool:
        """Whether this request is the only one, its client reads, and the connection stays open."""
        return (
            not self._is_serving()
            and not self.flow.write_paused
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        )

    def _is_serving(self) -> bool:
        # None before the first request, whatever uvicorn declares.
        cycle = cast(RequestResponseCycle | None, self.cycle)
        return cycle is not None and not cycle.response_complete

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem and hang up; amid another answer, only hang up."""
        if not (self._is_serving() and self.cycle.response_started):
            identifier = new_request_id()
            refusal = problem_response(
                BAD_REQUEST, detail="This is not a valid HTTP request.", request_id=identifier
            )
            self._write(whole_answer(answer_of(refusal), identifier), _CLOSE)
            if logger.log_level <= logging.INFO:
                _access_log.write(("unknown", None, None), 400, 0.0, identifier, None)
        self.transport.close()


async def _whole_body(cycle: RequestResponseCycle) -> bytes | None:
    """Return a request's body once it is there.

    None when the client left, waits for 100 Continue, or sends more than uvicorn reads unasked.
    """
    while cycle.more_body:
        asked_for = cycle.waiting_for_100_continue or len(cycle.body) > HIGH_WATER_LIMIT
        if asked_for or cycle.disconnected:
            return None
        await cycle.message_event.wait()
        cycle.message_event.clear()
    return bytes(cycle.body)


def _nothing() -> None:
    pass


# The server's own headers are the same for a second: its Date.
_servers_lines = lru_cache(maxsize=8)(header_lines)
