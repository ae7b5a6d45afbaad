"""Why a rehearsal cannot go on, and why a request has no answer."""


class RehearsalFailed(Exception):
    """The rehearsal cannot start or go on; the message is one line for a person."""


class NoAnswer(Exception):
    """A request got no answer; the message says why in a word or two, for the report.

    `unsent` tells that the connection was gone before the server said anything: it may be sent again.
    """

    def __init__(self, reason: str, *, unsent: bool = False) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.unsent = unsent
