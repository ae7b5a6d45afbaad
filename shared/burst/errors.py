"""What stops a shift: nothing has moved then, and the invocation fails, which is seen."""


class ShiftRefused(Exception):
    """What was found in AWS is not what this function may touch; the message says what."""
