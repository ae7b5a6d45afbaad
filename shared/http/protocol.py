"""The server's HTTP protocol: what its parser refuses is answered as every other mistake is.

uvicorn answers such bytes by itself, before there is a request that the application could see. It loads
this by `--http shared.http.protocol:ProblemProtocol`; a Lambda has no uvicorn, and never imports it.
"""

import logging
from typing import cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from shared.http.access_log import AccessLog
from shared.http.problems import BAD_REQUEST, problem_response
from shared.http.request_context import new_request_id, whole_headers
from shared.observability import logger

_access_log = AccessLog()


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's protocol, but for the answer to what is no HTTP request."""

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem and hang up; amid another answer, only hang up."""
        if not self._is_answering():
            identifier = new_request_id()
            self.transport.write(self._bad_request(identifier))
            if logger.log_level <= logging.INFO:
                _access_log.write(("unknown", None, None), 400, 0.0, identifier, None)
        self.transport.close()

    def _is_answering(self) -> bool:
        # None before the first request, whatever uvicorn declares.
        cycle = cast(RequestResponseCycle | None, self.cycle)
        return cycle is not None and cycle.response_started and not cycle.response_complete

    def _bad_request(self, identifier: str) -> bytes:
        answer = problem_response(
            BAD_REQUEST, detail="This is not a valid HTTP request.", request_id=identifier
        )
        headers = [
            *self.server_state.default_headers,
            *whole_headers(tuple(answer.raw_headers), identifier),
            (b"connection", b"close"),
        ]
        lines = [name + b": " + value + b"\r\n" for name, value in headers]
        return b"".join([STATUS_LINE[400], *lines, b"\r\n", answer.body])
