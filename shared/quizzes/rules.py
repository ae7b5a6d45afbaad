"""What may happen to a quiz, and what an answer may be. Pure functions."""

from collections.abc import Sequence
from typing import Literal, Protocol
from uuid import UUID

from shared.errors import FieldError, InvalidRequest, InvalidTransition

Action = Literal["start", "next", "reveal", "finish"]

UNDER_WAY = ("lobby", "question", "reveal")
# The states in which an action is allowed.
_FROM: dict[str, frozenset[str]] = {
    "start": frozenset({"draft"}),
    "next": frozenset({"lobby", "reveal"}),
    "reveal": frozenset({"question"}),
    "finish": frozenset(UNDER_WAY),
}
_TO: dict[str, str] = {"start": "lobby", "reveal": "reveal", "finish": "finished"}


class _NewOption(Protocol):
    @property
    def label(self) -> str: ...

    @property
    def correct(self) -> bool: ...


class _NewQuestion(Protocol):
    @property
    def options(self) -> Sequence[_NewOption]: ...


def check_questions(questions: Sequence[_NewQuestion]) -> None:
    """Raise `InvalidRequest` when a question has no right option, or two that look the same."""
    errors = []
    for number, question in enumerate(questions):
        place = ("body", "questions", number, "options")
        labels = [option.label for option in question.options]
        if not any(option.correct for option in question.options):
            errors.append(FieldError(place, "must hold at least one correct option"))
        errors += [
            FieldError((*place, position, "label"), "must differ from the other options")
            for position, label in enumerate(labels)
            if label in labels[:position]
        ]
    if errors:
        raise InvalidRequest(errors)


def check_action(state: str, action: Action, *, left: int) -> bool:
    """Tell whether an action changes a quiz in this state, with so many questions left.

    What is done already is no mistake when it is asked for again, but for `next`: it might skip a
    question. Raise `InvalidTransition` for an action that does not follow.
    """
    if action != "next" and state == _TO[action]:
        return False
    if state not in _FROM[action]:
        raise InvalidTransition(f"{action} does not follow in a quiz whose state is {state}.")
    if action == "next" and left == 0:
        raise InvalidTransition("The quiz has no further question.")
    return True


def check_answer(offered: Sequence[UUID], option_ids: Sequence[UUID]) -> None:
    """Raise `InvalidRequest` for an option that the question does not offer, or one that is repeated.

    How many are right is never told, so any number of them may be chosen.
    """
    errors = [
        FieldError(("body", "option_ids", position), "is no option of this question")
        for position, option_id in enumerate(option_ids)
        if option_id not in offered
    ]
    if len(set(option_ids)) < len(option_ids):
        errors.append(FieldError(("body", "option_ids"), "must not repeat an option"))
    if errors:
        raise InvalidRequest(errors)
