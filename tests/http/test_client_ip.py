"""The client's address is the one that our own proxies saw, whatever the client claims."""

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.client_ip import UNKNOWN, client_ip

PEER = "203.0.113.9"


def scope(*forwarded: str, client: Any = (PEER, 50_000)) -> dict[str, Any]:
    headers = [(b"host", b"ovation.test")]
    headers += [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"type": "http", "client": client, "headers": headers}


@pytest.mark.parametrize(
    ("forwarded", "hops", "expected"),
    [
        ((), 0, PEER),
        (("198.51.100.1",), 0, PEER),
        (("198.51.100.1",), 1, "198.51.100.1"),
        (("6.6.6.6, 198.51.100.1",), 1, "198.51.100.1"),
        (("6.6.6.6,198.51.100.1 , 192.0.2.7",), 2, "198.51.100.1"),
        (("6.6.6.6", "198.51.100.1, 192.0.2.7"), 2, "198.51.100.1"),
        (("198.51.100.1",), 2, "198.51.100.1"),
        ((), 2, PEER),
    ],
)
def test_only_our_own_hops_are_counted_from_the_right(
    forwarded: tuple[str, ...], hops: int, expected: str
) -> None:
    assert client_ip(scope(*forwarded), hops) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("198.51.100.1:4711", "198.51.100.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_one_client_has_one_spelling(written: str, expected: str) -> None:
    assert client_ip(scope(written), 1) == expected
    assert client_ip(scope(client=(written, 0)), 0) == expected


@pytest.mark.parametrize(
    "garbage", ["", "unknown", "_hidden", "1.2.3", "[::1", "[]:80", "1.2.3.4.", "٣"]
)
def test_an_entry_that_is_no_address_gives_the_peer(garbage: str) -> None:
    assert client_ip(scope(garbage), 1) == PEER


def test_a_lambda_behind_a_load_balancer_has_only_the_header_to_go_by() -> None:
    header = "6.6.6.6, 198.51.100.1"
    assert client_ip(scope(header, client=(header, 0)), 1) == "198.51.100.1"
    assert client_ip(scope(header, client=(header, 0)), 0) == "198.51.100.1"


@pytest.mark.parametrize("client", [None, ("", 0), (None, 0), ("/run/ovation.sock", 0)])
def test_a_peer_without_an_address_is_unknown(client: Any) -> None:
    assert client_ip(scope(client=client), 0) == UNKNOWN
    assert client_ip({"type": "http", "client": client}, 1) == UNKNOWN


_ADDRESSES = st.ip_addresses().map(str)
_ENTRIES = st.lists(_ADDRESSES | st.text(alphabet='0123456789abf.:[]%" ,', max_size=30), max_size=6)


@given(
    forged=st.lists(st.text(max_size=40), max_size=3),
    real=st.ip_addresses(v=4).map(str),
    proxies=st.lists(_ADDRESSES, max_size=3),
)
def test_nothing_a_client_sends_changes_its_address(
    forged: list[str], real: str, proxies: list[str]
) -> None:
    sent = [(b"x-forwarded-for", text.encode()) for text in forged]
    ours = (b"x-forwarded-for", ", ".join([real, *proxies]).encode())
    request = {"client": (PEER, 1), "headers": [*sent, ours]}
    assert client_ip(request, len(proxies) + 1) == real


@given(
    entries=_ENTRIES,
    hops=st.integers(min_value=0, max_value=5),
    client=st.none() | st.tuples(st.none() | _ADDRESSES | st.text(), st.integers()),
    raw=st.binary(max_size=60),
)
def test_whatever_arrives_the_answer_is_an_address_or_unknown(
    entries: list[str], hops: int, client: Any, raw: bytes
) -> None:
    headers = [(b"x-forwarded-for", raw), (b"x-forwarded-for", ",".join(entries).encode())]
    found = client_ip({"client": client, "headers": headers}, hops)
    assert found == UNKNOWN or str(ip_address(found)) == found
