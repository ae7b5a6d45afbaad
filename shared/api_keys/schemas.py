"""What the API says and accepts of API keys."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.schemas import Request, Response
from shared.text import Name


class CreateApiKey(Request):
    """A new API key."""

    name: Name = Field(examples=["ticket shop"])


class ApiKeySummary(Response):
    """An API key without its secret."""

    id: UUID
    name: str
    created_at: datetime


class NewApiKey(ApiKeySummary):
    """An API key with its secret, which is shown this once."""

    key: str = Field(examples=["ovk_…"])


class ApiKeyPage(Response):
    """API keys, newest first; `cursor` asks for the next page, null on the last."""

    api_keys: list[ApiKeySummary]
    cursor: str | None
