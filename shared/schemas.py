"""Bases of every request and response model."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema


class Request(BaseModel):
    """A request body: unknown fields are refused, values are not coerced between JSON types."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(Request):
    """A PATCH body: every field may be left out, none may be null."""

    @model_validator(mode="before")
    @classmethod
    def _no_nulls(cls, body: Any) -> Any:
        if isinstance(body, dict):
            nulls = sorted(str(name) for name, value in body.items() if value is None)
            if nulls:
                raise ValueError(f"must not be null: {', '.join(nulls)}")
        return body

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(core_schema))
        for name, described in schema.get("properties", {}).items():
            schema["properties"][name] = _without_null(described)
        return schema

    def changes(self) -> dict[str, Any]:
        """Return the fields that were sent, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _without_null(described: dict[str, Any]) -> dict[str, Any]:
    options = [each for each in described.get("anyOf", []) if each != {"type": "null"}]
    if len(options) != 1:
        return described
    rest = {key: value for key, value in described.items() if key not in ("anyOf", "default")}
    return {**options[0], **rest}


class Response(BaseModel):
    """A response body or a body in the feed."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)
