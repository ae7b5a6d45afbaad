"""Errors on the wire: RFC 9457 problem+json for every answer of 400 and above."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from shared import errors
from shared.http.answer import Answer

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """The status and the code of one kind of refusal."""

    status: int
    code: str
    title: str


# The one table from typed errors to what a client sees.
PROBLEM_TYPES: Mapping[type[errors.OvationError], ProblemType] = {
    errors.NotAuthenticated: ProblemType(401, "not_authenticated", "Not authenticated"),
    errors.Forbidden: ProblemType(403, "forbidden", "Forbidden"),
    errors.ResultsHidden: ProblemType(403, "results_hidden", "Results hidden"),
    errors.Banned: ProblemType(403, "banned", "Banned"),
    errors.NotFound: ProblemType(404, "not_found", "Not found"),
    errors.EventNotLive: ProblemType(409, "event_not_live", "Event not live"),
    errors.PollClosed: ProblemType(409, "poll_closed", "Poll closed"),
    errors.TooEarly: ProblemType(409, "too_early", "Too early"),
    errors.TooLate: ProblemType(409, "too_late", "Too late"),
    errors.AlreadyAnswered: ProblemType(409, "already_answered", "Already answered"),
    errors.ReactionsDisabled: ProblemType(409, "reactions_disabled", "Reactions disabled"),
    errors.TextChanged: ProblemType(409, "text_changed", "Text changed"),
    errors.QuestionMerged: ProblemType(409, "question_merged", "Question merged"),
    errors.TooManyReplies: ProblemType(409, "too_many_replies", "Too many replies"),
    errors.InvalidTransition: ProblemType(409, "invalid_transition", "Invalid transition"),
    errors.BodyTooLarge: ProblemType(413, "body_too_large", "Request body too large"),
    errors.InvalidRequest: ProblemType(422, "invalid_request", "Invalid request"),
    errors.IdempotencyKeyReused: ProblemType(
        422, "idempotency_key_reused", "Idempotency-Key reused"
    ),
    errors.RateLimited: ProblemType(429, "rate_limited", "Too many requests"),
    errors.SlowMode: ProblemType(429, "slow_mode", "Slow mode"),
    errors.NotReady: ProblemType(503, "not_ready", "Not ready"),
    errors.Unavailable: ProblemType(503, "unavailable", "Service unavailable"),
}

BAD_REQUEST = ProblemType(400, "bad_request", "Bad request")
MALFORMED_JSON = ProblemType(422, "malformed_json", "Malformed JSON")
METHOD_NOT_ALLOWED = ProblemType(405, "method_not_allowed", "Method not allowed")
INTERNAL_ERROR = ProblemType(500, "internal_error", "Internal error")


def problem_response(
    problem: ProblemType,
    *,
    detail: str,
    request_id: str,
    errors: Sequence[errors.FieldError] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """Return a problem+json response; never cached."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "request_id": request_id,
        **(members or {}),
    }
    if errors:
        body["errors"] = [
            {"location": list(each.location), "message": each.message, "type": each.kind}
            for each in errors
        ]
    return Response(
        json.dumps(body, ensure_ascii=True),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def answer_of(problem: Response) -> Answer:
    """Return a problem's response as a value."""
    return Answer(problem.status_code, tuple(problem.raw_headers), bytes(problem.body))


def describe_problems(*refusals: type[errors.OvationError]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of an operation that may refuse so, one per status."""
    by_status: dict[int, list[ProblemType]] = {}
    for refusal in refusals:
        problem = PROBLEM_TYPES[refusal]
        by_status.setdefault(problem.status, []).append(problem)
    if errors.InvalidRequest in refusals:
        by_status[422].append(MALFORMED_JSON)
    return {
        status: {
            **_headers(status),
            "description": HTTPStatus(status).phrase
            + ": "
            + ", ".join(f"`{problem.code}`" for problem in problems),
            "content": {PROBLEM_JSON: _content(problems[0])},
        }
        for status, problems in by_status.items()
    }


def _headers(status: int) -> dict[str, Any]:
    if status not in (429, 503):
        return {}
    seconds = {"description": "When to try again, seconds", "schema": {"type": "integer"}}
    return {"headers": {"Retry-After": seconds}}


def _content(problem: ProblemType) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.title + ".",
        "code": problem.code,
        "request_id": "0197f6a0c0de7000a1b2c3d4e5f60718",
    }
    model = "Problem"
    if problem.status == 422:
        model = "ProblemWithErrors"
        missing = {"location": ["body", "prompt"], "message": "Field required", "type": "missing"}
        example["errors"] = [missing]
    return {"schema": {"$ref": f"#/components/schemas/{model}"}, "example": example}
