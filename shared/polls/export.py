"""Polls, their results and their votes, in an export."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from shared.db.engines import AsyncReadSession
from shared.events.queries import find_event
from shared.polls.kinds import KINDS
from shared.polls.kinds.base import PublishedResults
from shared.polls.models import Poll
from shared.polls.results import count_polls
from shared.polls.schemas import PollDetails, poll_details
from shared.sections.rows import AnyRow, read_rows, rows_section
from shared.sections.section import Cell, Section

_OPTIONS = text("""
    SELECT option.poll_id, option.id, option.position, option.label
    FROM polls AS poll JOIN poll_options AS option ON option.poll_id = poll.id
    WHERE poll.event_id = :event_id
    ORDER BY poll.id, option.position
""")
# In the order of the votes' key, so that the first rows come at once.
_VOTES = text("""
    SELECT vote.participant_id, participant.display_name, vote.ballot, vote.cast_at
    FROM votes AS vote JOIN participants AS participant ON participant.id = vote.participant_id
    WHERE vote.poll_id = :poll_id
    ORDER BY vote.participant_id
""")
# A decision on a text that was changed since is none any more.
_TEXT_REVIEWS = text("""
    SELECT vote.poll_id, vote.participant_id, vote.ballot ->> 'text' AS text, review.status,
           review.decided_at
    FROM polls AS poll JOIN text_reviews AS review ON review.poll_id = poll.id
         JOIN votes AS vote ON vote.poll_id = review.poll_id
              AND vote.participant_id = review.participant_id
              AND md5(vote.ballot ->> 'text') = review.text_md5
    WHERE poll.event_id = :event_id
    ORDER BY vote.poll_id, vote.participant_id
""")
# Results are counted for so many polls at once.
_POLLS = 50


@dataclass(frozen=True, slots=True)
class _CountedPoll:
    details: PollDetails
    results: PublishedResults


@dataclass(frozen=True, slots=True)
class _CastVote:
    poll: PollDetails
    labels: Mapping[UUID, str]
    row: AnyRow


async def _read_polls(session: AsyncReadSession, event_id: UUID) -> AsyncIterator[Sequence[Poll]]:
    last = UUID(int=0)
    while True:
        statement = (
            select(Poll)
            .where(Poll.event_id == event_id, Poll.id > last)
            .options(selectinload(Poll.options))
            .order_by(Poll.id)
            .limit(_POLLS)
        )
        polls = list(await session.scalars(statement))
        if not polls:
            return
        last = polls[-1].id
        yield polls
        session.expunge_all()


async def _read_details(
    session: AsyncReadSession, event_id: UUID
) -> AsyncIterator[Sequence[PollDetails]]:
    async for polls in _read_polls(session, event_id):
        yield [poll_details(poll) for poll in polls]


async def _read_results(
    session: AsyncReadSession, event_id: UUID
) -> AsyncIterator[Sequence[_CountedPoll]]:
    async for polls in _read_polls(session, event_id):
        results = await count_polls(session, await find_event(session, event_id), polls)
        yield [_CountedPoll(poll_details(poll), results[poll.id].staff) for poll in polls]


async def _read_votes(
    session: AsyncReadSession, event_id: UUID
) -> AsyncIterator[Sequence[_CastVote]]:
    async for polls in _read_details(session, event_id):
        for poll in polls:
            labels = _labels(poll)
            async for rows in read_rows(session, _VOTES, {"poll_id": poll.id}):
                yield [_CastVote(poll, labels, row) for row in rows]


def _labels(poll: PollDetails) -> Mapping[UUID, str]:
    return {option.id: option.label for option in poll.options}


def _poll_rows(poll: PollDetails) -> Iterable[Sequence[Cell]]:
    yield [
        poll.id,
        poll.kind,
        poll.prompt,
        poll.status,
        poll.results_visibility,
        poll.max_choices,
        poll.scale.steps if poll.scale else None,
        poll.created_at,
        poll.opened_at,
        poll.closed_at,
    ]


def _result_rows(counted: _CountedPoll) -> Iterable[Sequence[Cell]]:
    poll, results = counted.details, counted.results
    labels = _labels(poll)
    for tally in results.model_dump()["tallies"]:
        # What was answered comes first in every kind's tally; then how often, except of texts.
        answer, *rest = tally.values()
        count = next((each for each in rest if isinstance(each, int)), None)
        label = labels[answer] if isinstance(answer, UUID) else answer
        yield [poll.id, poll.prompt, poll.kind, results.final, results.voters, label, count]


def _vote_object(vote: _CastVote) -> Mapping[str, object]:
    row = vote.row
    return {
        "poll_id": vote.poll.id,
        "participant_id": row.participant_id,
        "display_name": row.display_name,
        "vote": row.ballot,
        "cast_at": row.cast_at,
    }


def _vote_rows(vote: _CastVote) -> Iterable[Sequence[Cell]]:
    row, poll = vote.row, vote.poll
    answers = KINDS[poll.kind].export_row(vote.labels, row.ballot)
    for position, answer in enumerate(answers, start=1):
        who: Sequence[Any] = (row.participant_id, row.display_name)
        yield [poll.id, poll.prompt, *who, position, answer, row.cast_at]


SECTIONS: tuple[Section[Any], ...] = (
    Section(
        "polls",
        (
            *("id", "kind", "prompt", "status", "results_visibility", "max_choices", "steps"),
            *("created_at", "opened_at", "closed_at"),
        ),
        _read_details,
        lambda poll: poll.model_dump(),
        _poll_rows,
    ),
    rows_section("poll_options", _OPTIONS, ("poll_id", "id", "position", "label")),
    Section(
        "poll_results",
        ("poll_id", "prompt", "kind", "final", "voters", "answer", "count"),
        _read_results,
        lambda counted: counted.results.model_dump(),
        _result_rows,
    ),
    Section(
        "votes",
        (
            *("poll_id", "prompt", "participant_id", "display_name", "position", "answer"),
            "cast_at",
        ),
        _read_votes,
        _vote_object,
        _vote_rows,
    ),
    rows_section(
        "text_reviews",
        _TEXT_REVIEWS,
        ("poll_id", "participant_id", "text", "status", "decided_at"),
    ),
)
