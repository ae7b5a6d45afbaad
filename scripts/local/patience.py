"""How often, and how soon, a process that died is started again."""

import time
from collections.abc import Callable

# A process that lives less than this did not really start; so many in a row and we give up.
SHORT_LIFE_S = 3.0
SHORT_LIVES = 10
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 3.0


class Patience:
    """The history of one process: it may start at once, later, or never again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without a history; `clock` counts seconds."""
        self._clock = clock
        self._started_at = clock()
        self._resumes_at = clock()
        self._short_lives = 0

    def note_start(self) -> None:
        """Remember that the process starts now."""
        self._started_at = self._clock()

    def note_death(self) -> None:
        """Remember that it died; a short life makes the next pause twice as long."""
        now = self._clock()
        self._short_lives = self._short_lives + 1 if now - self._started_at < SHORT_LIFE_S else 0
        pause = FIRST_PAUSE_S * 2 ** (self._short_lives - 1) if self._short_lives else 0.0
        self._resumes_at = now + min(pause, LONGEST_PAUSE_S)

    def is_over(self) -> bool:
        """Tell whether to give up."""
        return self._short_lives >= SHORT_LIVES

    def may_start(self) -> bool:
        """Tell whether the pause is over."""
        return self._clock() >= self._resumes_at
