"""The kinds of poll, one module each. To add one: its module, its test, and one line in `KINDS`."""

from collections.abc import Mapping

from shared.polls.kinds.base import Kind
from shared.polls.kinds.choice import MultipleChoice, SingleChoice

KINDS: Mapping[str, Kind] = {
    "single_choice": SingleChoice(),
    "multiple_choice": MultipleChoice(),
}
