"""The process's queue of reactions, gathered into group commits."""

from typing import Annotated

from fastapi import Depends

from shared.db.group_commit import GroupCommit, QueuePerLoop
from shared.reactions.writes import ReactionWrite, write_reactions

_queue = QueuePerLoop(write_reactions, key=lambda write: write.key)


async def _get() -> GroupCommit[ReactionWrite, None]:
    return _queue.get()


Reactions = Annotated[GroupCommit[ReactionWrite, None], Depends(_get)]
