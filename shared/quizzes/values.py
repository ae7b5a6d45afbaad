"""The words that columns of quizzes hold. Apart from the tables: the wire names them too."""

from typing import Literal

QuizState = Literal["draft", "lobby", "question", "reveal", "finished"]
