"""Quizzes, their answers and scores, in an export."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.db.engines import AsyncReadSession
from shared.sections.rows import AnyRow, read_rows, rows_section
from shared.sections.section import Cell, Section

_QUIZZES = text("""
    SELECT id, title, state, streak_bonus, created_at, changed_at
    FROM quizzes WHERE event_id = :event_id ORDER BY id
""")
_QUESTIONS = text("""
    SELECT question.*
    FROM quizzes AS quiz JOIN quiz_questions AS question ON question.quiz_id = quiz.id
    WHERE quiz.event_id = :event_id
    ORDER BY quiz.id, question.position
""")
_OPTIONS = text("""
    SELECT option.*
    FROM quizzes AS quiz JOIN quiz_questions AS question ON question.quiz_id = quiz.id
         JOIN quiz_options AS option ON option.question_id = question.id
    WHERE quiz.event_id = :event_id
    ORDER BY quiz.id, question.position, option.position
""")
_ANSWERS = text("""
    SELECT answer.question_id, answer.participant_id, participant.display_name, answer.option_ids,
           answer.response_ms, answer.received_at
    FROM quizzes AS quiz JOIN quiz_questions AS question ON question.quiz_id = quiz.id
         JOIN quiz_answers AS answer ON answer.question_id = question.id
         JOIN participants AS participant ON participant.id = answer.participant_id
    WHERE quiz.event_id = :event_id
    ORDER BY answer.question_id, answer.participant_id
""")
_SCORES = text("""
    SELECT score.*, participant.display_name
    FROM quizzes AS quiz JOIN quiz_scores AS score ON score.quiz_id = quiz.id
         JOIN participants AS participant ON participant.id = score.participant_id
    WHERE quiz.event_id = :event_id
    ORDER BY score.quiz_id, score.participant_id
""")
_ACCOMMODATIONS = text("""
    SELECT participant_id, time_factor FROM accommodations
    WHERE event_id = :event_id ORDER BY participant_id
""")

_ANSWER = ("question_id", "participant_id", "display_name", "option_ids")
_TIMES = ("response_ms", "received_at")


def _read_answers(session: AsyncReadSession, event_id: UUID) -> AsyncIterator[Sequence[AnyRow]]:
    return read_rows(session, _ANSWERS, {"event_id": event_id})


def _answer_object(row: AnyRow) -> Mapping[str, object]:
    return {column: getattr(row, column) for column in (*_ANSWER, *_TIMES)}


def _answer_rows(row: AnyRow) -> Iterable[Sequence[Cell]]:
    for option_id in row.option_ids:
        who: Sequence[Any] = (row.question_id, row.participant_id, row.display_name)
        yield [*who, option_id, row.response_ms, row.received_at]


SECTIONS: tuple[Section[Any], ...] = (
    rows_section(
        "quizzes", _QUIZZES, ("id", "title", "state", "streak_bonus", "created_at", "changed_at")
    ),
    rows_section(
        "quiz_questions",
        _QUESTIONS,
        (
            *("quiz_id", "id", "position", "prompt", "time_limit_s", "points"),
            *("opens_at", "closes_at", "revealed_at"),
        ),
    ),
    rows_section("quiz_options", _OPTIONS, ("question_id", "id", "position", "label", "correct")),
    Section(
        "quiz_answers",
        ("question_id", "participant_id", "display_name", "option_id", *_TIMES),
        _read_answers,
        _answer_object,
        _answer_rows,
    ),
    rows_section(
        "quiz_scores",
        _SCORES,
        (
            *("quiz_id", "participant_id", "display_name", "rank", "score", "streak"),
            *("last_points", "response_ms"),
        ),
    ),
    rows_section("accommodations", _ACCOMMODATIONS, ("participant_id", "time_factor")),
)
