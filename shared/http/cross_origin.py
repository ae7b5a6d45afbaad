"""Pages of other origins: those in the settings may call, and read the answers; others are told nothing."""

from collections.abc import Sequence
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope, Send

from shared.http.answer import Answer, Header


class CrossOrigin(CORSMiddleware):
    """Starlette's, where an answer in one piece has the same headers as that of a call."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
            expose_headers=["ETag", "Idempotency-Replayed", "Retry-After", "X-Request-Id"],
            max_age=3600,
        )
        # The same few tuples of headers come again and again.
        self._told = lru_cache(maxsize=1_024)(self._tell)

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return what a browser may do; to one that may not, nothing, so that it refuses itself."""
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        return Response(status_code=204, headers={"Vary": "Origin"})

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """Send a message of an answer, with the headers for who asked."""
        if message["type"] == "http.response.start":
            allowed = self._allowed(request_headers.get("origin"))
            message["headers"] = self._told(tuple(message.get("headers", ())), allowed)
        await send(message)

    def headed(self, scope: Scope, answer: Answer) -> Answer:
        """Return an answer in one piece with the headers for who asked."""
        # Of a header that comes twice, the first counts, as in `send`.
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        allowed = self._allowed(None if origin is None else origin.decode("latin-1"))
        return answer._replace(headers=self._told(answer.headers, allowed))

    def _allowed(self, origin: str | None) -> str | None:
        """Return whom an answer is for, in the words of its header; None for nobody else's page."""
        if origin is None or not self.is_allowed_origin(origin):
            return None
        return "*" if self.allow_all_origins else origin

    def _tell(self, headers: tuple[Header, ...], allowed: str | None) -> tuple[Header, ...]:
        told = MutableHeaders(raw=list(headers))
        if allowed is not None:
            told.update({**self.simple_headers, "Access-Control-Allow-Origin": allowed})
        # Also without an origin: a cache must not give such an answer to a page that needs the headers.
        told.add_vary_header("Origin")
        return tuple(told.raw)
