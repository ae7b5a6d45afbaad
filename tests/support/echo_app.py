"""A small application that shows what reaches an application, and misbehaves on request."""

import base64
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.http.request_context import RequestContext


async def _echo(request: Request) -> Response:
    return JSONResponse(
        {
            "method": request.method,
            "path": request.url.path,
            "host": request.headers.get("host"),
            "url": str(request.url),
            "query": request.query_params.multi_items(),
            "accept": request.headers.getlist("accept"),
            "cookies": request.cookies,
            "client": request.scope["client"][0],
            "body": base64.b64encode(await request.body()).decode(),
        }
    )


async def _text(request: Request) -> Response:
    content = request.query_params["character"] * int(request.query_params["length"])
    return Response(content, media_type="application/problem+json")


async def _bytes(request: Request) -> Response:
    return Response(b"\x89PNG\r\n" * 3, media_type="image/png")


async def _cookies(request: Request) -> Response:
    response = JSONResponse({})
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


async def _fail(request: Request) -> Response:
    raise RuntimeError("what somebody wrote")


async def half_answer(scope: Any, receive: Any, send: Any) -> None:
    """Start an answer and never end it."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if "crash" in scope["path"]:
        raise RuntimeError("what somebody wrote")


def echo_app() -> RequestContext:
    """Return an application that answers with what it was sent."""
    routes = [
        Route("/text", _text),
        Route("/bytes", _bytes),
        Route("/cookies", _cookies),
        Route("/fail", _fail),
        Route("/{path:path}", _echo, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    return RequestContext(Starlette(routes=routes))
