"""Who is calling: the address that limits are counted by, which a client cannot choose."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

UNKNOWN = "unknown"
# An IPv6 address with a zone, a port, quotes and some space around has less.
_LONGEST = 128

# 192.0.2.1:443 and [2001:db8::1]:443, as load balancers write them when they preserve ports.
_WITH_PORT = re.compile(r"\[(?P<v6>[^\[\]]*)\](?::\d*)?|(?P<v4>[^:\[\]]*):\d*")


def client_ip(scope: Mapping[str, Any], trusted_proxy_hops: int) -> str:
    """Return the client's address, or `UNKNOWN`; never raise.

    Each proxy of ours appends the address that it was called from to X-Forwarded-For, so the entry
    `trusted_proxy_hops` from the right is the client's, and all to its left is what the client
    chose to send. With 0 hops, or an entry that is no address, it is the peer's.
    """
    if trusted_proxy_hops > 0:
        header = ",".join(_forwarded_for(scope.get("headers") or ()))
        ours = header.rsplit(",", trusted_proxy_hops)[-trusted_proxy_hops:]
        forwarded = _address(ours[0])
        if forwarded:
            return forwarded
    peer = (scope.get("client") or (None,))[0]
    # In Lambda behind a load balancer Mangum puts the whole X-Forwarded-For here: what is right of
    # the last comma was written by the load balancer.
    return _address(str(peer).rsplit(",", 1)[-1]) or UNKNOWN


def _forwarded_for(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[str]:
    return (value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for")


def _address(text: str) -> str | None:
    return _parsed(text) if len(text) <= _LONGEST else None


# A hall is one address, and one load balancer.
@lru_cache(maxsize=4_096)
def _parsed(text: str) -> str | None:
    text = text.strip().strip('"')
    match = _WITH_PORT.fullmatch(text)
    if match:
        text = match["v6"] or match["v4"] or ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
