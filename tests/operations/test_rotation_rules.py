"""Generations of signing keys, on plain values: what signs was known before, what signed is accepted."""

import base64
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rotation import KNOWN_AFTER_S, KeySet, check_succession, first, rotated
from shared.secrets import SecretError, parse_signing_keys

TTL_S = 86_400
DAY_S = 86_400.0
START = 1_764_000_000.0


def key(number: int) -> str:
    return base64.b64encode(number.to_bytes(32, "big")).decode()


def rotate(before: KeySet, number: int, now: float) -> KeySet:
    return rotated(
        before,
        key_id=f"k{number}",
        key=key(number),
        now=now,
        token_ttl_s=TTL_S,
        known_after_s=KNOWN_AFTER_S,
    )


def text_of(keys: KeySet) -> str:
    return json.dumps(asdict(keys))


def test_each_rotation_makes_the_key_that_signs_from_the_next_one_on() -> None:
    before = KeySet.from_record({"current": "a", "keys": {"a": key(0)}})
    one = rotate(before, 1, START)
    assert (one.current, one.next, set(one.keys)) == ("a", "k1", {"a", "k1"})
    two = rotate(one, 2, START + 30 * DAY_S)
    assert (two.current, two.next, set(two.keys)) == ("k1", "k2", {"a", "k1", "k2"})
    three = rotate(two, 3, START + 60 * DAY_S)
    assert (three.current, three.next, set(three.keys)) == ("k2", "k3", {"k1", "k2", "k3"})


def test_a_key_is_accepted_until_the_last_token_that_it_signed_has_expired() -> None:
    two = rotate(rotate(first("a", key(0)), 1, START), 2, START + DAY_S)
    retired = START + DAY_S
    last_token = retired + KNOWN_AFTER_S + TTL_S
    assert "a" in rotate(two, 3, last_token - 1).keys
    assert "a" not in rotate(two, 3, last_token).keys


def test_a_rotation_right_after_another_lets_no_key_sign_that_is_not_known_yet() -> None:
    one = rotate(first("a", key(0)), 1, START)
    assert rotate(one, 2, START + KNOWN_AFTER_S - 1) == one
    assert rotate(one, 2, START + KNOWN_AFTER_S).current == "k1"


@given(st.lists(st.floats(0, 3 * DAY_S), max_size=30))
def test_neighbours_always_accept_each_others_tokens_and_no_token_dies_early(
    pauses: list[float],
) -> None:
    keys, now = first("a", key(0)), START
    signed_until: dict[str, float] = {}
    for number, pause_s in enumerate(pauses, start=1):
        now += pause_s
        signed_until[keys.current] = now
        after = rotate(keys, number, now)
        check_succession(text_of(keys), text_of(after))
        assert parse_signing_keys(text_of(after), "SIGNING_KEYS").current == after.current
        for signer, until in signed_until.items():
            assert signer in after.keys or now >= until + TTL_S
        keys = after


def test_a_version_that_would_have_a_token_refused_is_refused() -> None:
    old, new = first("a", key(0)), first("b", key(1))
    with pytest.raises(SecretError, match="does not accept the tokens of the current"):
        check_succession(text_of(old), text_of(new))
    both = KeySet("b", {"a": key(0), "b": key(1)})
    with pytest.raises(SecretError, match="does not accept the tokens of the pending"):
        check_succession(text_of(old), text_of(both))
    check_succession(None, text_of(new))


def test_no_repr_shows_a_key() -> None:
    assert key(7) not in repr(first("a", key(7)))
