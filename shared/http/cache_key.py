"""Which requests the micro-cache considers, and what of a request a stored answer may depend on."""

from typing import Any

from shared.http.answer import Scope

# The path as it came, and what of the query the answer depends on.
Key = tuple[bytes | str, bytes]

# Credentials, parts, bodies and upgrades: answers to these are for one client alone.
_BYPASSING = frozenset(
    b"authorization proxy-authorization cookie range if-match if-unmodified-since "
    b"content-length transfer-encoding upgrade".split()
)
_CONSULTED = _BYPASSING | {b"accept-encoding", b"if-none-match"}
# Not passed on when the application answers for all: the answer must be whole and plain, and cannot
# depend on an address or an origin that the first of them made up.
_WITHHELD = frozenset(
    b"host origin accept-encoding if-none-match if-modified-since te".split(),
)


def considered(scope: Scope) -> tuple[bytes, bytes | None] | None:
    """Return Accept-Encoding and If-None-Match of a request, None if it is not for the cache.

    Of a header that is repeated the last counts.
    """
    if_none_match = None
    accept_encoding = b""
    # Runs for every poll: one pass, and most headers cost one look-up.
    for name, value in scope["headers"]:
        if name in _CONSULTED:
            if name == b"accept-encoding":
                accept_encoding = value
            elif name == b"if-none-match":
                if_none_match = value
            else:
                return None
    return accept_encoding, if_none_match


def scope_for_all(scope: Scope, key: Key) -> Scope:
    """Return a scope of its own for a run on behalf of all who send `key`."""
    headers = [header for header in scope["headers"] if header[0] not in _WITHHELD]
    own: dict[str, Any] = {**scope, "query_string": key[1], "headers": headers, "extensions": {}}
    if "state" in scope:
        own["state"] = dict(scope["state"])
    return own


def size_of(key: Key) -> int:
    """Return how many bytes `key` itself holds."""
    return sum(map(len, key))
