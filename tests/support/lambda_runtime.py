"""A Lambda container as AWS runs it: `python -m awslambdaric` in a process of its own.

What the process asks for its events and gives its answers to is AWS's runtime API
(https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), played here::

    with lambda_container("handlers.polls.cast_vote.handler", environment) as invoke:
        answer = invoke(load_balancer_event("PUT", path, json=ballot))
"""

import asyncio
import json
import os
import queue
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.lambda_events import Answer, answer_of

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 30.0
_API = "/2018-06-01/runtime"
_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:"


class FunctionError(Exception):
    """The function raised, could not start, or its process ended."""


class LambdaContainer:
    """One process that answers one event at a time; further ones wait for their turn."""

    def __init__(self, handler: str, environment: Mapping[str, str]) -> None:
        self.function_name = f"ovation-{handler.split('.')[-2]}".replace("_", "-")
        self.output: list[str] = []
        self._waiting: queue.Queue[str] = queue.Queue()
        self._events: dict[str, bytes] = {}
        self._answers: dict[str, Future[Any]] = {}
        self._closing = threading.Event()
        self._asked = threading.Event()
        self._failure = ""
        self._server = _RuntimeApi(self)
        self._cold_start_s = 0.0
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            cwd=ROOT,
            env=_environment(self, handler, environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    @property
    def address(self) -> str:
        """Return where the runtime API listens."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def log(self) -> str:
        """Return what the process has written so far."""
        return "".join(self.output)

    def cold_start_s(self) -> float:
        """Return the seconds from the start of the process until it asked for its first event."""
        if not self._asked.wait(TIMEOUT_S) or self._failure:
            raise FunctionError(f"{self._failure or 'no event was asked for'}\n{self.log}")
        return self._cold_start_s

    def submit(self, event: object) -> "Future[Any]":
        """Queue an event; the future has what the handler returned, or `FunctionError`."""
        invocation = str(uuid4())
        answer: Future[Any] = Future()
        self._events[invocation] = json.dumps(event).encode()
        self._answers[invocation] = answer
        if self._failure:
            self._fail_all()
        self._waiting.put(invocation)
        return answer

    def __call__(self, event: object, *, timeout_s: float = TIMEOUT_S) -> Answer:
        """Return the answer to an event, as an HTTP client sees it."""
        return answer_of(self.submit(event).result(timeout_s))

    async def call(self, event: object, *, timeout_s: float = TIMEOUT_S) -> Answer:
        """Return the answer to an event without blocking the loop."""
        reply = asyncio.wrap_future(self.submit(event))
        return answer_of(await asyncio.wait_for(reply, timeout_s))

    def close(self) -> None:
        """End the process and the runtime API."""
        self._closing.set()
        self._process.terminate()
        self._process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._server.shutdown()
        self._server.server_close()

    # --- what the process asks for, through the runtime API ---

    def next_event(self) -> tuple[str, bytes] | None:
        """Wait for an event; None when the container is closing."""
        if not self._asked.is_set():
            self._cold_start_s = time.perf_counter() - self._started
            self._asked.set()
        while not self._closing.is_set():
            try:
                invocation = self._waiting.get(timeout=0.1)
            except queue.Empty:
                continue
            return invocation, self._events.pop(invocation)
        return None

    def answered(self, invocation: str, body: bytes) -> None:
        """Take what the handler returned."""
        self._answers.pop(invocation).set_result(json.loads(body))

    def raised(self, invocation: str, body: bytes) -> None:
        """Take what the handler raised."""
        self._answers.pop(invocation).set_exception(FunctionError(body.decode()))

    def not_started(self, body: bytes) -> None:
        """Take why the handler could not be imported."""
        self._failure = body.decode()
        self._asked.set()
        self._fail_all()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line)
        self._failure = self._failure or f"{self.function_name}: the process ended"
        self._asked.set()
        self._fail_all()

    def _fail_all(self) -> None:
        while self._answers:
            _, answer = self._answers.popitem()
            answer.set_exception(FunctionError(f"{self._failure}\n{self.log}"))


@contextmanager
def lambda_container(handler: str, environment: Mapping[str, str]) -> Iterator[LambdaContainer]:
    """Yield a started container of the handler, for example `handlers.polls.cast_vote.handler`."""
    container = LambdaContainer(handler, environment)
    try:
        yield container
    finally:
        container.close()


def _environment(
    container: LambdaContainer, handler: str, given: Mapping[str, str]
) -> dict[str, str]:
    # Nothing of the test's own environment.
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": str(ROOT),
        "LAMBDA_TASK_ROOT": str(ROOT),
        "_HANDLER": handler,
        "AWS_LAMBDA_RUNTIME_API": container.address,
        "AWS_LAMBDA_FUNCTION_NAME": container.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_Image",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        **given,
    }


class _RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, container: LambdaContainer) -> None:
        self.container = container
        super().__init__(("127.0.0.1", 0), _Request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that the process's end has cut."""
        if not isinstance(sys.exception(), ConnectionError):
            traceback.print_exc()


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet an answer: two would each wait 40 ms for the other side's delayed ACK.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _RuntimeApi

    def do_GET(self) -> None:
        """Serve /invocation/next."""
        found = self.server.container.next_event()
        if self.path != f"{_API}/invocation/next" or found is None:
            self._reply(404, b"")
            return
        invocation, event = found
        self._reply(
            200,
            event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + TIMEOUT_S) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": _ARN + self.server.container.function_name,
                "Lambda-Runtime-Trace-Id": f"Root=1-{uuid4().hex[:8]}-{uuid4().hex[:24]};Sampled=0",
            },
        )

    def do_POST(self) -> None:
        """Serve /invocation/{id}/response, /invocation/{id}/error and /init/error."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        container = self.server.container
        match self.path.removeprefix(_API).split("/")[1:]:
            case ["invocation", invocation, "response"]:
                container.answered(invocation, body)
            case ["invocation", invocation, "error"]:
                container.raised(invocation, body)
            case ["init", "error"]:
                container.not_started(body)
            case _:
                self._reply(404, b"")
                return
        self._reply(202, b"{}")

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the container's log is what its process writes."""
