"""Which requests the micro-cache considers, and what of a request a stored answer may depend on."""

from collections.abc import Iterable
from typing import Any

from shared.http.single_flight import Scope

# Path and query as they came, host and origin.
Key = tuple[bytes | str, bytes, bytes | None, bytes | None]

# Credentials, parts, bodies and upgrades: answers to these are for one client alone.
_BYPASSING = frozenset(
    b"authorization proxy-authorization cookie range if-match if-unmodified-since "
    b"content-length transfer-encoding upgrade".split()
)
_CONSULTED = _BYPASSING | {b"host", b"origin", b"accept-encoding", b"if-none-match"}
# Not passed on when the application answers for all: the answer must be whole and plain.
_WITHHELD = frozenset(
    b"host origin accept-encoding if-none-match if-modified-since te".split(),
)


def considered(scope: Scope) -> tuple[Key, bytes, bytes | None] | None:
    """Return key, Accept-Encoding and If-None-Match of a request, None if it is not for the cache.

    Of a header that is repeated the last counts, here and in `scope_for_all`.
    """
    host = origin = if_none_match = None
    accept_encoding = b""
    # Runs for every poll: one pass, and most headers cost one look-up.
    for name, value in scope["headers"]:
        if name in _CONSULTED:
            if name == b"host":
                host = value
            elif name == b"accept-encoding":
                accept_encoding = value
            elif name == b"if-none-match":
                if_none_match = value
            elif name == b"origin":
                origin = value
            else:
                return None
    path = scope.get("raw_path") or scope["path"]
    return (path, scope["query_string"], host, origin), accept_encoding, if_none_match


def scope_for_all(scope: Scope, key: Key) -> Scope:
    """Return a scope of its own for a run on behalf of all who send `key`."""
    _, _, host, origin = key
    headers = [header for header in scope["headers"] if header[0] not in _WITHHELD]
    headers += [(b"host", host)] if host is not None else []
    headers += [(b"origin", origin)] if origin is not None else []
    own: dict[str, Any] = {**scope, "headers": headers, "extensions": {}}
    if "state" in scope:
        own["state"] = dict(scope["state"])
    return own


def size_of(key: Key) -> int:
    """Return how many bytes `key` itself holds."""
    parts: Iterable[bytes | str | None] = key
    return sum(len(part) for part in parts if part is not None)
