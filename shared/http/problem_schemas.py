"""What the OpenAPI document says of problems: models of nothing but the document."""

from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema


class ProblemError(BaseModel):
    """One thing that is wrong with a request."""

    location: list[str | int] = Field(examples=[["body", "prompt"]])
    message: str
    type: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    code: str = Field(description="What to branch on; stable")
    request_id: str = Field(description="Quote this when you ask for help")


class ProblemWithErrors(Problem):
    """What is wrong with the request (RFC 9457): every 422."""

    errors: list[ProblemError] = Field(min_length=1)


def problem_schemas() -> dict[str, Any]:
    """Return the schemas that the OpenAPI document's problems refer to, by name."""
    _, schemas = models_json_schema(
        [(Problem, "serialization"), (ProblemWithErrors, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    return dict(schemas["$defs"])
