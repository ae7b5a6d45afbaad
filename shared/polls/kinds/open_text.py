"""Open text: a vote is a text in the participant's own words; shown are the newest."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.polls.kinds.base import (
    VOTERS,
    Counted,
    CountedBallot,
    KindDefaults,
    PollDefinition,
    PublishedResults,
    TextStatus,
    counted_ballot,
    fingerprint,
)
from shared.schemas import Response
from shared.text import OpenText as OpenTextAnswer

# The counter that moves whenever a text does: there is none for each text.
TEXTS = "texts"


class TextBallot(Response):
    """What a participant wrote."""

    text: str


class TextTally(Response):
    """A text as everyone sees it."""

    text: str


class StaffText(TextTally):
    """A text as the staff sees it."""

    participant_id: UUID
    status: TextStatus


class OpenTextResults(PublishedResults):
    """The newest texts that may be shown."""

    tallies: list[TextTally] = Field(description="The newest 50, the newest first")


class StaffTextResults(PublishedResults):
    """The newest texts, whatever became of them."""

    tallies: list[StaffText] = Field(description="The newest 50, the newest first")


class OpenText(KindDefaults):
    """One text."""

    field = "text"
    answer = OpenTextAnswer
    ballot = TextBallot
    results = (StaffTextResults, OpenTextResults)
    shows_texts = True

    def count(self, poll: PollDefinition, answer: str) -> CountedBallot:
        """Count the voter once."""
        counts = {VOTERS: 1, TEXTS: fingerprint(answer)}
        return counted_ballot(TextBallot(text=answer), counts)

    def publish(self, counted: Counted) -> PublishedResults:
        """Return the texts in the order in which they were read."""
        if counted.for_staff:
            staff = [
                StaffText(text=each.text, participant_id=each.participant_id, status=each.status)
                for each in counted.texts
            ]
            return StaffTextResults(**counted.common(), tallies=staff)
        texts = [TextTally(text=each.text) for each in counted.texts]
        return OpenTextResults(**counted.common(), tallies=texts)

    def export_row(self, labels: Mapping[UUID, str], ballot: Mapping[str, Any]) -> Sequence[str]:
        """Return the text."""
        return [ballot["text"]]
