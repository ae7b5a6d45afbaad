"""Writing answers below HTTP: the statement of one batch, as a worker's queue sends it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.errors import OvationError
from shared.identity.principals import ParticipantPrincipal
from shared.quizzes.answers import AnswerWrite, write_answers
from tests.support.api import Json, Participant


def answer_write(
    event: Json,
    question: Json,
    player: Participant,
    *choices: int,
    received_at: datetime | None = None,
    credit_ms: int = 0,
) -> AnswerWrite:
    """Return an answer of the options at these positions, received now unless told otherwise."""
    return AnswerWrite(
        UUID(question["id"]),
        ParticipantPrincipal(UUID(player.id), UUID(event["id"]), None),
        tuple(UUID(question["options"][choice]["id"]) for choice in choices),
        received_at or datetime.now(UTC),
        credit_ms,
    )


async def written(writes: Sequence[AnswerWrite], *, refused: int = 0) -> list[datetime]:
    """Write one batch; return the receipts, and assert that no other number was refused."""
    outcomes = await write_answers(writes)
    assert sum(isinstance(outcome, OvationError) for outcome in outcomes) == refused
    return [outcome for outcome in outcomes if not isinstance(outcome, OvationError)]
