"""What the API says of the feed. For the document only: the bytes are assembled as they were published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.feed.values import EntryType
from shared.schemas import Response, example


class Change(Response):
    """One thing as it is now."""

    type: EntryType
    id: UUID
    revision: int
    data: dict[str, Any] | None = Field(description="null: it is gone")


class Changes(Response):
    """What changed since a cursor, in revision order: at most 500 changes or 512 kB."""

    model_config = example(
        cursor="5e0b41c2-p-57",
        reset=False,
        more=False,
        poll_after_ms=2000,
        changes=[
            {
                "type": "poll_results",
                "id": "0197f6a0-c0de-7000-8000-000000000002",
                "revision": 57,
                "data": {
                    "poll_id": "0197f6a0-c0de-7000-8000-000000000002",
                    "final": False,
                    "voters": 50,
                    "tallies": [
                        {"option_id": "0197f6a0-c0de-7000-8000-000000000003", "votes": 31},
                        {"option_id": "0197f6a0-c0de-7000-8000-000000000004", "votes": 19},
                    ],
                },
            }
        ],
    )

    cursor: str = Field(description="Opaque; send it as `since` next time")
    reset: bool = Field(description="This is a snapshot: forget what you had")
    more: bool = Field(description="There is more: ask again at once with this cursor")
    poll_after_ms: int = Field(description="When to ask next; add your own jitter")
    changes: list[Change]


class HistoryLine(Response):
    """A line of a history: its head, a change, a thing that is shown now, or its end."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False) | example(
        at="2027-03-01T09:20:03.512000Z",
        change={
            "type": "question",
            "id": "0197f6a0-c0de-7000-8000-000000000005",
            "revision": 58,
            "data": {
                "id": "0197f6a0-c0de-7000-8000-000000000005",
                "body": "Will the slides be shared?",
                "upvotes": 12,
            },
        },
    )

    event_id: UUID | None = Field(default=None, description="Of the head")
    revision: int | None = Field(default=None, description="Of the head: the newest change's")
    read_at: datetime | None = Field(default=None, description="Of the head")
    at: datetime | None = Field(default=None, description="When the change was published")
    erased: bool | None = Field(default=None, description="What was shown then was erased since")
    change: Change | None = None
    shown: Change | None = None
    complete: bool | None = Field(default=None, description="Of the end: without it, cut off")
    changes: int | None = Field(default=None, description="Of the end: how many there are")
