"""The words that columns of the change feed hold. Apart from the tables: the wire names them too."""

from typing import Literal

Audience = Literal["public", "staff"]
EntryType = Literal[
    "event",
    "poll",
    "poll_results",
    "question",
    "quiz",
    "leaderboard",
    "announcement",
    "reactions",
]
