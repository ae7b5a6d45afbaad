"""The process's queue of answers, gathered into group commits."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends

from shared.db.group_commit import GroupCommit, QueuePerLoop
from shared.quizzes.answers import AnswerWrite, write_answers

_queue = QueuePerLoop(write_answers, key=lambda write: write.key)


async def _get() -> GroupCommit[AnswerWrite, datetime]:
    return _queue.get()


Answers = Annotated[GroupCommit[AnswerWrite, datetime], Depends(_get)]
