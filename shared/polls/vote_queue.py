"""The process's queue of votes, gathered into group commits."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends

from shared.db.group_commit import GroupCommit, QueuePerLoop
from shared.polls.votes import VoteWrite, write_votes

_queue = QueuePerLoop(write_votes, key=lambda write: write.key)


async def _get() -> GroupCommit[VoteWrite, datetime | None]:
    return _queue.get()


Votes = Annotated[GroupCommit[VoteWrite, datetime | None], Depends(_get)]
