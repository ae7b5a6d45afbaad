"""The load balancer asks whether requests can be served: database, migrations, secrets."""

from fastapi import Request
from starlette.responses import JSONResponse, Response

from shared.errors import NotReady
from shared.http.endpoint import endpoint_router, problems
from shared.http.health import Ready, run_checks
from shared.http.problems import PROBLEM_TYPES, problem_response
from shared.http.request_context import request_id

router = endpoint_router("health")


@router.get(
    "/health/ready",
    response_model=Ready,
    summary="Can requests be served?",
    responses=problems(NotReady),
)
async def get_ready(request: Request) -> Response:
    """Check what requests need. The problem of a 503 says in `checks` what is away."""
    checks = await run_checks()
    if checks.all_ok():
        ready = Ready(checks=checks).model_dump()
        return JSONResponse(ready, headers={"Cache-Control": "no-store"})
    return problem_response(
        PROBLEM_TYPES[NotReady],
        detail=NotReady.detail,
        request_id=request_id(request.scope),
        headers={"Retry-After": "5"},
        members={"checks": checks.model_dump()},
    )
