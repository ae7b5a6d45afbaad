"""Word cloud: a vote is one to three words, folded by case and Unicode; shown are the most frequent."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.errors import FieldError, InvalidRequest
from shared.polls.kinds.base import (
    VOTERS,
    Counted,
    CountedBallot,
    KindDefaults,
    NewPoll,
    PollDefinition,
    PublishedResults,
    counted_ballot,
    fingerprint,
)
from shared.schemas import Response
from shared.tally.keys import MANY
from shared.text import Word

MAX_WORDS = 3
# The counter that moves whenever the words do: no tick looks at theirs, which are as many as people
# think of.
WORDS = "words"


class WordsBallot(Response):
    """A participant's words, folded, each once."""

    words: list[str]


class WordTally(Response):
    """How many participants have one word."""

    word: str
    count: int


class WordCloudResults(PublishedResults):
    """The most frequent words."""

    tallies: list[WordTally] = Field(
        description="The 100 most frequent, then by the word; without the event's stop list"
    )


class WordCloud(KindDefaults):
    """Up to `max_choices` words."""

    field = "words"
    answer = Annotated[list[Word], Field(min_length=1, max_length=MAX_WORDS)]
    ballot = WordsBallot
    results = (WordCloudResults,)
    ranked = MANY

    def check_definition(self, poll: NewPoll) -> list[FieldError]:
        """Refuse options, a scale, and more than three words."""
        foreign = super().check_definition(poll)
        errors = [each for each in foreign if each.location[1] != "max_choices"]
        if poll.max_choices is not None and poll.max_choices > MAX_WORDS:
            message = f"must be at most {MAX_WORDS} words"
            errors.append(FieldError(("body", "max_choices"), message))
        return errors

    def max_choices(self, poll: NewPoll) -> int:
        """Return what was asked for, or three words."""
        return poll.max_choices or MAX_WORDS

    def count(self, poll: PollDefinition, answer: list[str]) -> CountedBallot:
        """Count the voter once, and each different word once."""
        words = list(dict.fromkeys(answer))
        if len(words) > poll.max_choices:
            message = f"must hold at most {poll.max_choices} different words"
            raise InvalidRequest([FieldError(("body", "words"), message)])
        counts = {VOTERS: 1, WORDS: fingerprint("\n".join(words))}
        counts |= {MANY + word: 1 for word in words}
        return counted_ballot(WordsBallot(words=words), counts)

    def publish(self, counted: Counted) -> WordCloudResults:
        """Return the words in the order in which they were ranked."""
        tallies = [
            WordTally(word=key.removeprefix(MANY), count=count)
            for key, count in counted.counts.items()
            if key.startswith(MANY)
        ]
        return WordCloudResults(**counted.common(), tallies=tallies)

    def export_row(self, labels: Mapping[UUID, str], ballot: Mapping[str, Any]) -> Sequence[str]:
        """Return the words."""
        return list(ballot["words"])
