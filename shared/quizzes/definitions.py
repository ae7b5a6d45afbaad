"""What of a quiz's question never changes, kept by the process: an answer is checked without asking."""

from dataclasses import dataclass
from uuid import UUID

from shared.db.pipeline import read
from shared.db.single_flight import SingleFlight
from shared.errors import NotFound
from shared.latest import Latest


@dataclass(frozen=True, slots=True)
class QuestionDefinition:
    """The event of a question that was shown, and the options that it offers."""

    event_id: UUID
    option_ids: tuple[UUID, ...]


_definitions: Latest[UUID, QuestionDefinition] = Latest()


_SHOWN_QUESTION = """
    SELECT quiz.event_id, ARRAY(SELECT id FROM quiz_options WHERE question_id = question.id)
    FROM quiz_questions AS question JOIN quizzes AS quiz ON quiz.id = question.quiz_id
    WHERE question.id = :question_id AND question.opens_at IS NOT NULL
"""


async def _read(question_id: UUID) -> QuestionDefinition:
    rows = await read(_SHOWN_QUESTION, {"question_id": question_id})
    if not rows:
        raise NotFound("There is no such question.")
    [(event_id, option_ids)] = rows
    definition = _definitions[question_id] = QuestionDefinition(event_id, tuple(option_ids))
    return definition


_reads = SingleFlight(_read)


async def get_question(question_id: UUID, event_id: UUID) -> QuestionDefinition:
    """Return a question of this event; raise `NotFound` for one that was not shown yet, or none.

    Whether it takes answers, or is still there, is judged by the statement that writes the answer.
    """
    definition = _definitions.get(question_id) or await _reads.find(question_id)
    if definition.event_id != event_id:
        raise NotFound("There is no such question.")
    return definition
