"""What the API says of events to everyone in them: no other model is built for the function of joining."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.events.values import EventStatus
from shared.schemas import Flag, JsonDict, Request, Response, WholeNumber, example

SETTINGS_EXAMPLE: JsonDict = {
    "question_moderation": False,
    "allow_anonymous_questions": True,
    "reactions_enabled": True,
    "open_text_moderation": False,
    "slow_mode_s": 0,
}
# What an event looks like to everyone in it, for examples elsewhere too.
EVENT_EXAMPLE: JsonDict = {
    "id": "0197f6a0-c0de-7000-8000-000000000001",
    "join_code": "K7PX3M",
    "title": "Annual meeting",
    "status": "live",
    "starts_at": "2027-03-01T09:00:00Z",
    "ends_at": "2027-03-01T17:00:00Z",
    "settings": SETTINGS_EXAMPLE,
    "created_at": "2027-02-20T14:31:07.250000Z",
}
Rest = Annotated[WholeNumber, Field(ge=0, le=3_600)]


class PublicSettings(Request):
    """How an event behaves for its participants, as they may know it."""

    question_moderation: Flag = Field(
        default=False, description="Questions start pending, seen by staff and their author only"
    )
    allow_anonymous_questions: Flag = Field(
        default=True, description="Participants may ask without their name"
    )
    reactions_enabled: Flag = Field(default=True, description="Participants may send reactions")
    open_text_moderation: Flag = Field(
        default=False,
        description="Answers of open text polls are seen by staff only until one of them is published",
    )
    slow_mode_s: Rest = Field(
        default=0, description="Least seconds between two questions of one participant; 0: none"
    )


class PublicEvent(Response):
    """An event as everyone in it may see it."""

    model_config = example(**EVENT_EXAMPLE)

    id: UUID
    join_code: str
    title: str
    status: EventStatus
    starts_at: datetime | None
    ends_at: datetime | None
    settings: PublicSettings
    created_at: datetime
