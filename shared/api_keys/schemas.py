"""What the API says and accepts of API keys."""

from datetime import datetime
from uuid import UUID

from shared.schemas import JsonDict, Request, Response, example
from shared.text import Name

_KEY: JsonDict = {
    "id": "0197f6a0-c0de-7000-8000-00000000000a",
    "name": "ticket shop",
    "created_at": "2027-03-01T09:00:00Z",
}


class CreateApiKey(Request):
    """A new API key."""

    model_config = example(name="ticket shop")

    name: Name


class ApiKeySummary(Response):
    """An API key without its secret."""

    id: UUID
    name: str
    created_at: datetime


class NewApiKey(ApiKeySummary):
    """An API key with its secret, which is shown this once."""

    model_config = example(**_KEY, key="ovk_…")

    key: str


class ApiKeyPage(Response):
    """API keys, newest first; `cursor` asks for the next page, null on the last."""

    model_config = example(api_keys=[_KEY], cursor=_KEY["id"])

    api_keys: list[ApiKeySummary]
    cursor: str | None
