"""SIGINT, SIGTERM and SIGHUP: the first ends what the supervisor does, the second hurries the end."""

import signal
from types import FrameType


class Interrupted(BaseException):
    """Somebody asked the supervisor to stop."""


class Interruption:
    """Turn the first signal into `Interrupted` in the main thread, and count the others."""

    def __init__(self) -> None:
        """Listen from now on; a SIGHUP that is ignored (nohup) stays so."""
        self._received = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:
                signal.signal(number, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self._received += 1
        if self._received == 1:
            raise Interrupted

    def is_hurried(self) -> bool:
        """Tell whether a second signal came: what is under way need not be finished."""
        return self._received > 1
