"""The words that columns of questions hold. Apart from the tables: the wire names them too."""

from typing import Literal

QuestionStatus = Literal["pending", "published", "answered", "dismissed", "archived"]
