"""Participant tokens: signed, so that ten thousand people can join without one write.

A token is `ovp_` and a JWT (RFC 7519, HS256) with the participant's id, event and display name, an
expiry, and the id of its key, so that keys can rotate while older tokens live on.
"""

import time
from uuid import UUID

import jwt

from shared.errors import NotAuthenticated
from shared.identity.credentials import PARTICIPANT_TOKEN_PREFIX
from shared.identity.principals import ParticipantPrincipal
from shared.secrets import SigningKeys

_ALGORITHM = "HS256"
_CLAIMS = ("exp", "iat", "sub", "evt")


def issue_participant_token(
    keys: SigningKeys, participant: ParticipantPrincipal, *, expires_at: int
) -> str:
    """Return a token signed with the current key; `expires_at` in seconds since the epoch."""
    claims = {
        "sub": str(participant.participant_id),
        "evt": str(participant.event_id),
        "name": participant.display_name,
        "iat": int(time.time()),
        "exp": expires_at,
    }
    token = jwt.encode(
        claims, keys.keys[keys.current], algorithm=_ALGORITHM, headers={"kid": keys.current}
    )
    return PARTICIPANT_TOKEN_PREFIX + token


def signing_key_id(token: str) -> str:
    """Return the id of the key that a token names; raise `NotAuthenticated` for what is no token."""
    try:
        key_id = jwt.get_unverified_header(token.removeprefix(PARTICIPANT_TOKEN_PREFIX)).get("kid")
    except jwt.InvalidTokenError as malformed:
        raise NotAuthenticated() from malformed
    if not isinstance(key_id, str):
        raise NotAuthenticated()
    return key_id


def verify_participant_token(key: bytes, token: str) -> ParticipantPrincipal:
    """Return whose token it is; raise `NotAuthenticated` unless `key` signed it and it has not expired."""
    try:
        claims = jwt.decode(
            token.removeprefix(PARTICIPANT_TOKEN_PREFIX),
            key,
            algorithms=[_ALGORITHM],
            options={"require": list(_CLAIMS)},
        )
        name = claims.get("name")
        return ParticipantPrincipal(
            participant_id=UUID(claims["sub"]),
            event_id=UUID(claims["evt"]),
            display_name=name if isinstance(name, str) else None,
        )
    except (jwt.InvalidTokenError, ValueError) as refused:
        raise NotAuthenticated() from refused
