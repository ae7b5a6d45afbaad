"""Bases of every request and response model."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    Strict,
    model_validator,
)
from pydantic.config import JsonDict, JsonValue
from pydantic_core import CoreSchema

__all__ = ["Change", "Flag", "Instant", "JsonDict", "Request", "Response", "WholeNumber", "example"]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _check_rfc_3339(value: object) -> object:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("must be a time of RFC 3339, such as 2027-03-01T09:00:00Z")
    return value


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError as outside:
        raise ValueError("must be in the years 1 to 9999, in UTC") from outside


# JSON's own booleans and whole numbers: "yes", 1 and 2.0 are none.
Flag = Annotated[bool, Strict()]
WholeNumber = Annotated[int, Strict()]
Instant = Annotated[AwareDatetime, BeforeValidator(_check_rfc_3339), AfterValidator(_in_utc)]


def example(**fields: JsonValue) -> ConfigDict:
    """Return the part of a model's configuration that shows one example in the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Request(BaseModel):
    """A request body: unknown fields are refused, values are not coerced between JSON types."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(Request):
    """A PATCH body: every field may be left out, none may be null."""

    @model_validator(mode="before")
    @classmethod
    def _no_nulls(cls, body: Any) -> Any:
        if isinstance(body, dict):
            nulls = [name for name in cls.model_fields if body.get(name, ...) is None]
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
