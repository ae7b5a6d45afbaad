"""`scripts/smoke URL`: makes an event, takes part in it, and erases it, to see whether a deployment works.

The exit status is 0 when every step holds and the event is gone, 1 when one fails, 2 for a bad call.
The organizer's key comes from --key or, so that it shows in no list of processes, from the
environment variable OVATION_ORGANIZER_KEY.
"""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from scripts.local.api import Api
from scripts.smoke_test.walk import SmokeFailed, Walk

KEY_VARIABLE = "OVATION_ORGANIZER_KEY"


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk and return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/smoke", description=__doc__)
    parser.add_argument("url", nargs="?", help="where the deployment is")
    parser.add_argument("--key", help=f"an organizer's key; else {KEY_VARIABLE}")
    parser.add_argument("--ready-file", type=Path, help="what scripts/run wrote, instead of both")
    parser.add_argument(
        "--show-within", type=float, default=10, metavar="S", help="how late a count may show, s"
    )
    given = parser.parse_args(arguments)
    ready = json.loads(given.ready_file.read_text("utf-8")) if given.ready_file else {}
    url = given.url or ready.get("base_url")
    key = given.key or os.environ.get(KEY_VARIABLE) or ready.get("organizer_key")
    if not url or not url.startswith(("http://", "https://")):
        parser.error("say which deployment: its http:// or https:// URL, or --ready-file")
    if not key:
        parser.error(f"say whose event it is: --key, {KEY_VARIABLE} or --ready-file")
    try:
        Walk(
            Api(url.rstrip("/")), key, given.show_within, lambda line: print(line, flush=True)
        ).run()
    except SmokeFailed as failure:
        print(f"The deployment does not work: {failure}")
        return 1
    print("The deployment works.")
    return 0
