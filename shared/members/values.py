"""The words that columns of members hold. Apart from the tables: the wire names them too."""

from typing import Literal

MemberRole = Literal["host", "moderator", "presenter"]
