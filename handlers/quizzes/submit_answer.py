"""A participant answers a question of a quiz: once, by the time at which the server received it.

A 200 means that the answer is committed. Refuses one that breaks the question's rule (422, nothing
changes), one before the opening, after the time limit or after the reveal, and a second, different one.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends

from shared.errors import AlreadyAnswered, Banned, EventNotLive, TooEarly, TooLate
from shared.http.access import CurrentPrincipal, ParticipantAccess
from shared.http.endpoint import (
    AUTHENTICATED,
    ON_A_THING,
    WITH_BODY,
    burst_handler,
    endpoint_router,
    problems,
)
from shared.http.thing_access import QuizQuestionId
from shared.identity.principals import ParticipantPrincipal
from shared.quizzes.answer_queue import Answers
from shared.quizzes.answers import AnswerWrite
from shared.quizzes.definitions import get_question
from shared.quizzes.rules import check_answer
from shared.quizzes.answer_schemas import AnswerReceipt, SubmitAnswer
from shared.quizzes.stamps import credit_ms

router = endpoint_router("quizzes")


async def _find_question(principal: CurrentPrincipal, quiz_question_id: QuizQuestionId) -> None:
    # So that a question that is not shown yet is 404 also with a body that does not fit.
    if isinstance(principal, ParticipantPrincipal):
        await get_question(quiz_question_id, principal.event_id)


@router.put(
    "/v1/quiz-questions/{quiz_question_id}/answer",
    summary="Answer a quiz's question",
    dependencies=[Depends(_find_question)],
    responses=problems(
        *AUTHENTICATED,
        Banned,
        *ON_A_THING,
        *WITH_BODY,
        TooLate,
        TooEarly,
        AlreadyAnswered,
        EventNotLive,
    ),
)
async def submit_answer(
    player: Annotated[ParticipantPrincipal, Depends(ParticipantAccess("submit_answer"))],
    quiz_question_id: QuizQuestionId,
    request: SubmitAnswer,
    answers: Answers,
) -> AnswerReceipt:
    """Answer the question. The same answer again gets the first receipt again; another is refused."""
    received_at = datetime.now(UTC)
    question = await get_question(quiz_question_id, player.event_id)
    check_answer(question.option_ids, request.option_ids)
    credit = await credit_ms(player.participant_id, request.stamp, received_at)
    counted_at = await answers.submit(
        AnswerWrite(quiz_question_id, player, tuple(request.option_ids), received_at, credit)
    )
    return AnswerReceipt(received_at=counted_at)


handler = burst_handler(router)
