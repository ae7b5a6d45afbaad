"""What the API says and accepts of announcements."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.schemas import Flag, Instant, Request, Response, example
from shared.text import Body


class CreateAnnouncement(Request):
    """A new announcement."""

    model_config = example(body="Lunch is served.", pinned=True, expires_at="2027-03-01T13:00:00Z")

    body: Body
    pinned: Flag = Field(default=False, description="Keep it above the others")
    expires_at: Instant | None = Field(
        default=None, description="When it leaves the feed by itself; null: never"
    )


class AnnouncementDetails(Response):
    """An announcement as everyone sees it."""

    model_config = example(
        id="0197f6a0-c0de-7000-8000-00000000000e",
        body="Lunch is served.",
        pinned=True,
        expires_at="2027-03-01T13:00:00Z",
        created_at="2027-03-01T12:00:00.302000Z",
    )

    id: UUID
    body: str
    pinned: bool
    expires_at: datetime | None
    created_at: datetime
