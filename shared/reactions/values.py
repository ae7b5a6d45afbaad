"""The words that columns of reactions hold. Apart from the tables: the wire names them too."""

from typing import Literal

ReactionKind = Literal["clap", "heart", "laugh", "wow", "thinking"]
