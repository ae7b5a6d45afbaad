"""What the API says and accepts of events."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.events.public_schemas import (
    EVENT_EXAMPLE,
    SETTINGS_EXAMPLE,
    PublicEvent,
    PublicSettings,
    Rest,
)
from shared.schemas import (
    Change,
    Flag,
    Instant,
    JsonDict,
    Request,
    Response,
    WholeNumber,
    example,
)
from shared.settings import get_settings
from shared.text import Title, Word

if TYPE_CHECKING:
    from shared.events.models import Event

_STAFF_EXAMPLE: JsonDict = {
    **EVENT_EXAMPLE,
    "settings": {
        **SETTINGS_EXAMPLE,
        "word_cloud_stop_list": ["lorem"],
        "word_filter_languages": ["en"],
        "word_filter_words": ["ipsum"],
        "retention_days": 90,
    },
}

StopList = Annotated[
    list[Word], Field(max_length=200), AfterValidator(lambda words: sorted(set(words)))
]
# fmt: off
Language = Literal[
    "ar", "cs", "da", "de", "en", "eo", "es", "fa", "fi", "fr", "hi", "hu",
    "it", "ja", "ko", "nl", "no", "pl", "pt", "ru", "sv", "th", "tr", "zh",
]
# fmt: on
Languages = Annotated[
    list[Language], Field(max_length=24), AfterValidator(lambda codes: sorted(set(codes)))
]
RetentionDays = Annotated[WholeNumber, Field(ge=0, le=3_650)]


class EventSettings(PublicSettings):
    """How an event behaves; what only the staff knows too."""

    word_cloud_stop_list: StopList = Field(
        default=[], description="Words that a word cloud counts and never shows; the staff's only"
    )
    word_filter_languages: Languages = Field(
        default=[], description="Languages whose bad words are flagged for the staff; its only"
    )
    word_filter_words: StopList = Field(
        default=[], description="More words that are flagged for the staff; its only"
    )
    retention_days: RetentionDays = Field(
        default_factory=lambda: get_settings().retention_days,
        description="Days after the last change, or the announced end, when the event is erased by "
        "itself; 0: never. Unless given, what the deployment says",
    )


class EventSettingsChange(Change):
    """Settings to change; what is left out stays."""

    question_moderation: Flag | None = None
    allow_anonymous_questions: Flag | None = None
    reactions_enabled: Flag | None = None
    open_text_moderation: Flag | None = None
    word_cloud_stop_list: StopList | None = None
    slow_mode_s: Rest | None = None
    word_filter_languages: Languages | None = None
    word_filter_words: StopList | None = None
    retention_days: RetentionDays | None = None


class CreateEvent(Request):
    """A new event."""

    model_config = example(
        title="Annual meeting",
        starts_at="2027-03-01T09:00:00Z",
        settings={"question_moderation": True},
    )

    title: Title
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    settings: EventSettings = Field(default_factory=EventSettings)

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise ValueError("ends_at must not be before starts_at")
        return self


class UpdateEvent(Change):
    """Fields to change; what is left out stays."""

    model_config = example(status="live", settings={"reactions_enabled": False})

    title: Title | None = None
    status: Literal["draft", "live", "ended"] | None = None
    settings: EventSettingsChange | None = None


class StaffEvent(PublicEvent):
    """An event as its staff sees it."""

    model_config = example(**_STAFF_EXAMPLE)

    settings: EventSettings


class EventDetails(StaffEvent):
    """An event, with the head of its public feed."""

    model_config = example(**_STAFF_EXAMPLE, revision=3)

    revision: int


class EventPage(Response):
    """Events of an organizer, newest first; `cursor` asks for the next page, null on the last."""

    model_config = example(
        events=[{**_STAFF_EXAMPLE, "revision": 3}], cursor="0197f6a0-c0de-7000-8000-000000000001"
    )

    events: list[EventDetails]
    cursor: str | None


def _fields(event: "Event") -> dict[str, object]:
    return {
        "id": event.id,
        "join_code": event.join_code,
        "title": event.title,
        "status": event.status,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "settings": {name: getattr(event, name) for name in EventSettings.model_fields},
        "created_at": event.created_at,
    }


def public_event(event: "Event") -> PublicEvent:
    """Return the event's entry in the public feed."""
    fields = _fields(event)
    public = {name: getattr(event, name) for name in PublicSettings.model_fields}
    return PublicEvent.model_validate({**fields, "settings": public})


def staff_event(event: "Event") -> StaffEvent:
    """Return the event's entry in the staff's feed."""
    return StaffEvent.model_validate(_fields(event))


def event_details(event: "Event") -> EventDetails:
    """Return the event as its organizer and host see it."""
    return EventDetails.model_validate({**_fields(event), "revision": event.revision})
