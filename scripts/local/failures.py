"""The one way a local deployment says that it cannot go on: a sentence for a person."""


class StartFailed(Exception):
    """The deployment cannot start or go on; the message is one line that says why and what to do."""


class PortTaken(StartFailed):
    """Another program listens on the port that was asked for."""
