"""The process's queues of hot writes: votes and upvotes, each gathered into group commits."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends

from shared.db.group_commit import GroupCommit
from shared.db.per_loop import PerLoop
from shared.errors import OvationError
from shared.polls.votes import VoteWrite, write_votes
from shared.questions.upvotes import UpvoteWrite, write_upvotes

VoteQueue = GroupCommit[VoteWrite, datetime | OvationError | None]
UpvoteQueue = GroupCommit[UpvoteWrite, OvationError | None]

_votes: PerLoop[VoteQueue] = PerLoop(lambda: GroupCommit(write_votes, key=lambda write: write.key))
_upvotes: PerLoop[UpvoteQueue] = PerLoop(
    lambda: GroupCommit(write_upvotes, key=lambda write: write.key)
)


async def _vote_queue() -> VoteQueue:
    return _votes.get()


async def _upvote_queue() -> UpvoteQueue:
    return _upvotes.get()


Votes = Annotated[VoteQueue, Depends(_vote_queue)]
Upvotes = Annotated[UpvoteQueue, Depends(_upvote_queue)]


async def drain_hot_writes() -> None:
    """Return when every write that was taken is committed or answered."""
    await _votes.get().drained()
    await _upvotes.get().drained()
