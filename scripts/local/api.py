"""The few calls of the HTTP API that a deployment makes on itself."""

import json
import urllib.error
import urllib.request
from typing import Any, cast

from scripts.local.failures import StartFailed

# Straight to the server, whatever proxy the environment names.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
TIMEOUT_S = 30


class Refused(StartFailed):
    """The server answered with an error; `status` is its HTTP status."""

    def __init__(self, method: str, path: str, status: int, body: str) -> None:
        """Name the call and what came back."""
        super().__init__(f"{method} {path} answered {status}: {body[:300]}")
        self.status = status


class Api:
    """The API at one address."""

    def __init__(self, base_url: str) -> None:
        """Make calls below this address, which has no slash at its end."""
        self._base_url = base_url

    def call(
        self, method: str, path: str, token: str | None = None, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the answer's JSON object, empty when there is none.

        Raise `Refused` for an error's status, `StartFailed` when no answer comes.
        """
        request = urllib.request.Request(f"{self._base_url}{path}", method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                refusal = error.read().decode("utf-8", "replace")
            raise Refused(method, path, error.code, refusal) from None
        except OSError as error:
            raise StartFailed(f"{method} {path} got no answer: {error}") from None
        return cast(dict[str, Any], json.loads(text)) if text else {}
