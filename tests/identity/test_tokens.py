"""Participant tokens, held to the judgement of a JWT library."""

import time
from uuid import UUID

import jwt
import pytest
from hypothesis import assume, given, strategies as st

from shared.errors import NotAuthenticated
from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import issue_participant_token, verify_participant_token
from shared.secrets import SigningKeys

OLD, NEW = b"o" * 64, b"n" * 64
KEYS = SigningKeys("new", {"old": OLD, "new": NEW})
GRACE = ParticipantPrincipal(UUID(int=1), UUID(int=2), "Grace")


def in_an_hour() -> int:
    return int(time.time()) + 3_600


@given(
    st.uuids(),
    st.uuids(),
    st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
)
def test_a_token_names_who_it_was_issued_to(
    participant_id: UUID, event_id: UUID, name: str | None
) -> None:
    someone = ParticipantPrincipal(participant_id, event_id, name)
    token = issue_participant_token(KEYS, someone, expires_at=in_an_hour())
    assert verify_participant_token(KEYS.keys, token) == someone


def test_a_jwt_library_reads_our_tokens() -> None:
    token = issue_participant_token(KEYS, GRACE, expires_at=in_an_hour())
    bare = token.removeprefix("ovp_")
    claims = jwt.decode(bare, NEW, algorithms=["HS256"])
    assert (claims["sub"], claims["evt"]) == (str(GRACE.participant_id), str(GRACE.event_id))
    assert jwt.get_unverified_header(bare) == {"alg": "HS256", "kid": "new", "typ": "JWT"}


def test_a_token_of_the_previous_key_is_still_accepted() -> None:
    token = issue_participant_token(
        SigningKeys("old", {"old": OLD}), GRACE, expires_at=in_an_hour()
    )
    assert verify_participant_token(KEYS.keys, token) == GRACE


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "new", "typ": "JWT"},
        {"alg": "HS512", "kid": "new", "typ": "JWT"},
        {"alg": "HS256", "kid": "unknown", "typ": "JWT"},
        {"alg": "HS256", "typ": "JWT"},
        {"alg": "HS256", "kid": "old", "typ": "JWT"},
        {"alg": "HS256", "kid": "new", "typ": "JWT", "crit": ["exp"]},
    ],
)
def test_a_header_that_we_do_not_write_is_refused(header: dict[str, object]) -> None:
    claims: dict[str, object] = {
        "sub": str(GRACE.participant_id),
        "evt": str(GRACE.event_id),
        "name": "Grace",
        "iat": int(time.time()),
        "exp": in_an_hour(),
    }
    algorithm = str(header["alg"])
    key = "" if algorithm == "none" else NEW
    bare = jwt.encode(claims, key, algorithm, headers=header)
    with pytest.raises(NotAuthenticated):
        verify_participant_token(KEYS.keys, f"ovp_{bare}")


@given(st.data())
def test_a_changed_token_is_refused_as_a_jwt_library_refuses_it(data: st.DataObject) -> None:
    token = issue_participant_token(KEYS, GRACE, expires_at=in_an_hour()).removeprefix("ovp_")
    position = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from("AZaz09-_.=+/\x00é "))
    changed = token[:position] + character + token[position + 1 :]
    assume(changed != token)
    try:
        jwt.decode(changed, NEW, algorithms=["HS256"])
        accepted = True
    except (jwt.InvalidTokenError, ValueError):
        accepted = False
    if accepted and changed.rpartition(".")[0] == token.rpartition(".")[0]:
        # Base64's last character has spare bits: another spelling of the same signature. The
        # library takes it, we take only the one that we write.
        return
    with pytest.raises(NotAuthenticated):
        verify_participant_token(KEYS.keys, f"ovp_{changed}")


@given(st.text(max_size=300))
def test_no_garbage_is_accepted_or_raises_anything_else(garbage: str) -> None:
    with pytest.raises(NotAuthenticated):
        verify_participant_token(KEYS.keys, f"ovp_{garbage}")


def test_an_expired_token_is_refused() -> None:
    token = issue_participant_token(KEYS, GRACE, expires_at=int(time.time()) - 1)
    with pytest.raises(NotAuthenticated):
        verify_participant_token(KEYS.keys, token)


def test_a_token_of_absurd_length_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(NotAuthenticated):
        verify_participant_token(KEYS.keys, "ovp_" + "a" * 5_000)
