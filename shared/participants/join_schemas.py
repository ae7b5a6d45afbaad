"""What the API says and accepts of joining: no other model is built for the function that does it."""

from datetime import datetime
from uuid import UUID

from shared.events.public_schemas import EVENT_EXAMPLE, PublicEvent
from shared.schemas import Request, Response, example
from shared.text import JoinCode, Name

# The participant of the examples.
PARTICIPANT_ID = "0197f6a0-c0de-7000-8000-000000000007"


class JoinEvent(Request):
    """A request to join."""

    model_config = example(join_code="k7px3m", display_name="Grace")

    join_code: JoinCode
    display_name: Name | None = None


class Joined(Response):
    """A participant's credential for one event."""

    model_config = example(
        event_id=EVENT_EXAMPLE["id"],
        participant_id=PARTICIPANT_ID,
        token="ovp_…",
        expires_at="2027-03-02T09:04:55Z",
        event=EVENT_EXAMPLE,
    )  # nosec B106  # an example

    event_id: UUID
    participant_id: UUID
    token: str
    expires_at: datetime
    event: PublicEvent
