"""Write the endpoints that are Lambda functions too to `terraform/burst_endpoints.json`.

The code is where it is decided: an endpoint with a `handler`. Terraform makes a function and a listener
rule of each; a test says when the file is stale.
"""

import json
from pathlib import Path

from handlers.app import ENDPOINTS

FILE = Path(__file__).resolve().parents[1] / "terraform" / "burst_endpoints.json"


def burst_endpoints() -> list[dict[str, str]]:
    """Return operation, handler, method and path of each, in the order of `ENDPOINTS`."""
    found = []
    for endpoint in ENDPOINTS:
        if not hasattr(endpoint, "handler"):
            continue
        (route,) = endpoint.router.routes
        (method,) = route.methods
        found.append(
            {
                "operation": route.name,
                "handler": f"{endpoint.__name__}.handler",
                "method": method,
                "path": route.path,
            }
        )
    return found


def as_text() -> str:
    """Return the file's content."""
    return json.dumps(burst_endpoints(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
