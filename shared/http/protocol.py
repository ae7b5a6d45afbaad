"""The server's HTTP protocol: uvicorn's, but for answers that need no application.

An answer that the application has ready is written as soon as the request's headers are there: a task, a
cycle of messages and two writes for each poll cost as much again as the poll. And what the parser refuses is
answered as every other mistake is; uvicorn answers such bytes by itself, in its own words.

uvicorn loads this by `--http shared.http.protocol:HttpProtocol`; a Lambda has no uvicorn, and never imports
it.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from shared.http.access_log import AccessLog
from shared.http.problems import BAD_REQUEST, problem_response
from shared.http.request_context import WholeAnswer, header_lines, new_request_id, whole_headers
from shared.observability import logger

_access_log = AccessLog()


class HttpProtocol(HttpToolsProtocol):
    """One connection. An application with a method `at_once` is asked by that before it is called."""

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
            super().on_headers_complete()
            return
        self.transport.write(
            b"".join(
                (
                    STATUS_LINE[answer.status],
                    _standing_lines(tuple(self.server_state.default_headers)),
                    answer.header_lines,
                    b"\r\n",
                    answer.body,
                )
            )
        )
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
            self.transport.write(self._bad_request(identifier))
            if logger.log_level <= logging.INFO:
                _access_log.write(("unknown", None, None), 400, 0.0, identifier, None)
        self.transport.close()

    def _bad_request(self, identifier: str) -> bytes:
        answer = problem_response(
            BAD_REQUEST, detail="This is not a valid HTTP request.", request_id=identifier
        )
        headers = [
            *self.server_state.default_headers,
            *whole_headers(tuple(answer.raw_headers), identifier),
            (b"connection", b"close"),
        ]
        return b"".join([STATUS_LINE[400], header_lines(headers), b"\r\n", answer.body])


# The server's own headers are the same for a second: its Date.
_standing_lines = lru_cache(maxsize=8)(header_lines)
