"""What schemathesis is told of this deployment: whose credential fits, and which things are there.

`OVATION_STAGE` names a file of the stage: {"ids", "tokens", "roles"}, the roles by operation.
"""

import json
import os
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import schemathesis
from hypothesis import strategies

from tests.support.calls import CALLS

STAGE: dict[str, dict[str, str]] = json.loads(Path(os.environ["OVATION_STAGE"]).read_text())
# These would take the stage away from the others: they meet what a stateful run has made.
DESTRUCTIVE = ("delete_", "revoke_", "erase_", "update_event")
_PLAIN_KEY = re.compile(r"[!-~]{1,100}")


def _operation(ctx: Any) -> str:
    return str(ctx.operation.definition.raw["operationId"])


# Asked for with each request, since no two operations need have the same.
@schemathesis.auth(refresh_interval=None)
class Credential:
    """The credential of a role that may call the operation."""

    def get(self, case: Any, ctx: Any) -> str | None:
        """Return it; None where nobody is asked for one."""
        role = STAGE["roles"].get(_operation(ctx))
        return STAGE["tokens"][role] if role else None

    def set(self, case: Any, data: str, ctx: Any) -> None:
        """Send it."""
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def flatmap_path_parameters(ctx: Any, path_parameters: Any) -> Any:
    """Let half of the well-formed paths name something that is there."""
    operation = _operation(ctx)
    names = path_parameters or {}
    if operation.startswith(DESTRUCTIVE) or not all(map(_is_id, names.values())):
        return strategies.just(path_parameters)
    instead = CALLS[operation].instead
    there = {name: STAGE["ids"][instead.get(name, name)] for name in names}
    return strategies.sampled_from([there, path_parameters])


@schemathesis.hook
def map_body(ctx: Any, body: Any) -> Any:
    """Let ids in well-formed bodies be those of things that are there."""
    known = CALLS[_operation(ctx)].body_on(STAGE["ids"]) or {}
    if not isinstance(body, dict):
        return body
    return {
        name: known[name] if _is_named(known.get(name), value) else value
        for name, value in body.items()
    }


def _is_named(known: object, value: object) -> bool:
    if isinstance(known, list) and isinstance(value, list):
        return bool(known and value) and _is_id(known[0]) and all(map(_is_id, value))
    return _is_id(known) and _is_id(value)


def _is_id(value: object) -> bool:
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    """Let a well-formed Idempotency-Key be a new one.

    With one that came before the answer tells of what was made then, and may be deleted since.
    """
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and _PLAIN_KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = uuid4().hex


@schemathesis.deserializer("application/x-ndjson")
def read_lines(ctx: Any, response: Any) -> Any:
    """Return the last line of a history, whose form is that of all of them."""
    return json.loads(response.content.splitlines()[-1])
