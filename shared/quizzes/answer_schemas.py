"""What the API says and accepts of answers: no other model is built for the function that takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.schemas import Request, Response, example

MAX_OPTIONS = 10
# The right option of the examples' question.
PARIS = "0197f6a0-c0de-7000-8000-000000000022"


class SubmitAnswer(Request):
    """An answer: which of the options are right."""

    model_config = example(option_ids=[PARIS])

    option_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_OPTIONS)]
    stamp: str | None = Field(
        default=None, max_length=300, description="The last one of read_clock, for the credit"
    )


class AnswerReceipt(Response):
    """When the server received the answer that is committed."""

    model_config = example(received_at="2027-03-01T09:40:02.004000Z")

    received_at: datetime
