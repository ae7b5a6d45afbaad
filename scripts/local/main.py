"""The program that `scripts/run` becomes once its environment is there."""

import sys
from collections.abc import Sequence

from scripts.local.failures import StartFailed
from scripts.local.interruption import Interrupted, Interruption
from scripts.local.options import parse_options
from scripts.local.supervisor import run
from scripts.local.terminal import say


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; return the exit status, 1 with a line on standard error for a failure."""
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    interruption = Interruption()
    try:
        run(options, interruption)
    except Interrupted:
        say("Stopped.")
        return 0
    except (StartFailed, OSError, UnicodeError) as failure:  # a full disk, a file that is garbage
        print(f"scripts/run: {failure}", file=sys.stderr)
    return 1
