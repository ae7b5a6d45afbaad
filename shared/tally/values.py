"""What is counted, and what a count is. Apart from the tables, which a function does without."""

from collections.abc import Mapping
from typing import Literal

SubjectKind = Literal["poll", "question", "quiz_question", "reactions"]
# Sums over the shards, by key.
Tally = Mapping[str, int]
