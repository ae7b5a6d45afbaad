"""The process's queue of upvotes, gathered into group commits."""

from typing import Annotated

from fastapi import Depends

from shared.db.group_commit import GroupCommit, QueuePerLoop
from shared.questions.upvotes import UpvoteWrite, write_upvotes

_queue = QueuePerLoop(write_upvotes, key=lambda write: write.key)


async def _get() -> GroupCommit[UpvoteWrite, None]:
    return _queue.get()


Upvotes = Annotated[GroupCommit[UpvoteWrite, None], Depends(_get)]
