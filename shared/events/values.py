"""The words that columns of events hold. Apart from the tables: the wire names them too."""

from typing import Literal

EventStatus = Literal["draft", "live", "ended"]
