"""The words that columns of polls hold. Apart from the tables: the wire names them too."""

from typing import Literal

PollStatus = Literal["draft", "open", "closed", "archived"]
ResultsVisibility = Literal["live", "after_close", "staff"]
