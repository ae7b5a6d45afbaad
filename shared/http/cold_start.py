"""What a Lambda leaves out while it loads, because somebody waits for it."""

import os
import sys

from shared.http.garbage import stop_collections


def begin_cold_start() -> None:
    """In a Lambda, let the imports that follow do no more than they need; anywhere else, nothing."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    stop_collections()
    # FastAPI loads pydantic's old version, 23 modules, only to ask of each model whether it is of that
    # one. Where there is no such version it takes the answer for no. None is Python's own mark for a module
    # that cannot be imported (Language Reference, 5.3.1 The module cache); the stubs do not know it.
    sys.modules["pydantic.v1"] = None  # type: ignore[assignment]
