"""Problems: each kind of refusal has the members that its status asks for."""

import json

import pytest

from shared.errors import FieldError, IdempotencyKeyReused, InvalidRequest, OvationError
from shared.http.error_handlers import problem_for
from shared.http.problem_schemas import Problem, ProblemWithErrors
from shared.http.problems import PROBLEM_TYPES

REQUEST_ID = "5f0c1d2e3a4b59680000000000000042"


def _refusal(kind: type[OvationError]) -> OvationError:
    return kind([FieldError(("body",), "is odd")]) if kind is InvalidRequest else kind()


@pytest.mark.parametrize("kind", PROBLEM_TYPES)
def test_a_problem_tells_errors_with_422_and_with_nothing_else(kind: type[OvationError]) -> None:
    answer = problem_for(_refusal(kind), REQUEST_ID)
    problem = json.loads(bytes(answer.body))
    model = ProblemWithErrors if answer.status_code == 422 else Problem
    assert model.model_validate(problem).status == answer.status_code
    assert ("errors" in problem) == (answer.status_code == 422)


def test_a_key_that_was_used_is_named_among_the_errors() -> None:
    answer = problem_for(IdempotencyKeyReused(), REQUEST_ID)
    [error] = json.loads(bytes(answer.body))["errors"]
    assert error == {
        "location": ["header", "Idempotency-Key"],
        "message": "was used for another request",
        "type": "value_error",
    }
