"""The words that columns of the counters hold. Apart from the tables: the wire names them too."""

from typing import Literal

SubjectKind = Literal["poll", "question", "quiz_question", "reactions"]
