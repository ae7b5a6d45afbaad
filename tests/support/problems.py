"""What every refusal has to look like."""

import httpx

from tests.support.api import Json

_MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


def check_problem(response: httpx.Response, status: int, code: str | None = None) -> Json:
    """Assert that the response is a whole problem of this status and code; return it."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    problem: Json = response.json()
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert all(isinstance(problem[name], str) and problem[name] for name in _MEMBERS - {"status"})
    if status == 401:
        assert response.headers["www-authenticate"] == "Bearer"
    if status in (429, 503):
        assert int(response.headers["retry-after"]) >= 1
    if status == 422:
        assert problem["errors"]
        for error in problem["errors"]:
            assert set(error) == {"location", "message", "type"}
            assert error["location"][0] in ("body", "query", "path", "header")
    else:
        assert "errors" not in problem
    if code is not None:
        assert problem["code"] == code
    return problem
