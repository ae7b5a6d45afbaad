"""What the API says of the feed. For the document only: the bytes are assembled as they were published."""

from typing import Any
from uuid import UUID

from pydantic import Field

from shared.feed.models import EntryType
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
