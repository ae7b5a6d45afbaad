"""What can go wrong, as types. `shared.http.problems` maps each to its status and code."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong with a request: where it is and what it should be."""

    location: tuple[str | int, ...]
    message: str
    kind: str = "value_error"


class OvationError(Exception):
    """A refusal that the caller is told about; `detail` is safe to show."""

    detail: str = ""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or self.detail
        super().__init__(self.detail)


class NotAuthenticated(OvationError):
    """No credential, or one that is not accepted."""

    detail = "A valid bearer token is needed."


class Forbidden(OvationError):
    """The credential's role or event does not allow this."""

    detail = "This credential may not do that."


class ResultsHidden(OvationError):
    """The poll does not show its results to this caller now."""

    detail = "The results of this poll are not shown."


class Banned(OvationError):
    """The participant was banned from the event."""

    detail = "This participant was banned from the event."


class NotFound(OvationError):
    """The thing is not there, or not the caller's to see."""

    detail = "There is no such thing here."


class EventNotLive(OvationError):
    """Participants join and write only while the event is live."""

    detail = "The event is not live."


class PollClosed(OvationError):
    """The poll takes no votes any more."""

    detail = "The poll is closed."


class TooEarly(OvationError):
    """The quiz's question does not take answers yet."""

    detail = "The question is not open yet."


class TooLate(OvationError):
    """The quiz's question takes no answers any more."""

    detail = "The time for this question is over."


class AlreadyAnswered(OvationError):
    """The participant gave another answer before; the first one counts."""

    detail = "This question was answered differently before; the first answer counts."


class ReactionsDisabled(OvationError):
    """The event takes no reactions."""

    detail = "This event takes no reactions."


class TextChanged(OvationError):
    """The text that was decided on is not what its participant says now."""

    detail = "The participant has changed the text."


class QuestionMerged(OvationError):
    """The question is merged into another: what is meant for it belongs there."""

    detail = "This question was merged into another one."


class TooManyReplies(OvationError):
    """The question has as many replies as one entry of the feed can hold."""

    detail = "This question has as many replies as it can hold."


class InvalidTransition(OvationError):
    """The state asked for does not follow from the present one."""


class InvalidRequest(OvationError):
    """The request is well formed, but breaks a rule of what it addresses."""

    detail = "The request breaks a rule of what it addresses."

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__()


class IdempotencyKeyReused(InvalidRequest):
    """The Idempotency-Key came before with another request."""

    detail = "This Idempotency-Key was used for another request."

    def __init__(self) -> None:
        super().__init__(
            [FieldError(("header", "Idempotency-Key"), "was used for another request")]
        )


class BodyTooLarge(OvationError):
    """The request body is over the limit."""

    detail = "The request body is too large."


class RateLimited(OvationError):
    """The caller is faster than its limit allows."""

    detail = "Too many requests."

    def __init__(self, retry_after_s: int = 1) -> None:
        self.retry_after_s = retry_after_s
        super().__init__()


class SlowMode(RateLimited):
    """The participant asked its last question too recently for this event."""

    detail = "This event asks for more time between two questions."


class NotReady(OvationError):
    """Something that requests need is away."""

    detail = "Something that requests need is away; see checks."


class Unavailable(OvationError):
    """The database is away, or the queue of writes is full. Whether a broken commit was made is unknown."""

    detail = "The service cannot take this request now; try again."

    def __init__(self, detail: str = "", *, retry_after_s: int = 1) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(detail)
