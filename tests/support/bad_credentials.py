"""Authorization headers that must be refused, each for a reason of its own."""

import time
from uuid import UUID, uuid4

import jwt

from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import issue_participant_token
from shared.secrets import SigningKeys, current_signing_keys
from tests.support.stage import Stage


async def bad_credentials(stage: Stage) -> dict[str, str]:
    """Return header values by what is wrong with them."""
    return {
        **_malformed(stage),
        **await _forged(stage),
        "a revoked member": f"Bearer {await _revoked_member(stage)}",
        "a revoked API key": f"Bearer {await _revoked_api_key(stage)}",
    }


def _malformed(stage: Stage) -> dict[str, str]:
    key, token = stage.tokens["organizer"], stage.tokens["participant"]
    return {
        "an empty value": "",
        "another scheme": "Basic b3ZhdGlvbjpvdmF0aW9u",
        "no scheme": key,
        "no token": "Bearer",
        "two tokens": f"Bearer {key} {key}",
        "an unknown prefix": "Bearer ovx_" + key.removeprefix("ovk_"),
        "a member's prefix on an API key": "Bearer ovm_" + key.removeprefix("ovk_"),
        "no API key of ours": "Bearer ovk_" + "a" * 43,
        "no member token of ours": "Bearer ovm_" + "a" * 43,
        "no JWT": "Bearer ovp_garbage",
        "nothing behind the prefix": "Bearer ovp_",
        "letters that no token has": "Bearer ovp_\u00e9\u00e9.\u00e9\u00e9.\u00e9\u00e9",
        "a cut signature": f"Bearer {token[:-8]}",
    }


async def _forged(stage: Stage) -> dict[str, str]:
    keys = await current_signing_keys()
    kid, key = keys.current, keys.keys[keys.current]
    eve = ParticipantPrincipal(uuid4(), UUID(stage.event["id"]), "Eve")
    soon, past = int(time.time()) + 600, int(time.time()) - 1
    claims = {"sub": str(uuid4()), "evt": stage.event["id"], "iat": past, "exp": soon}
    no_event = {name: value for name, value in claims.items() if name != "evt"}
    no_end = {name: value for name, value in claims.items() if name != "exp"}
    no_uuid = claims | {"sub": "Eve"}
    tokens = {
        "an expired token": issue_participant_token(keys, eve, expires_at=past),
        "another key": issue_participant_token(
            SigningKeys(kid, {kid: b"f" * 32}), eve, expires_at=soon
        ),
        "an unknown key id": issue_participant_token(
            SigningKeys("unknown", {"unknown": key}), eve, expires_at=soon
        ),
        "no signature": "ovp_" + jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        "another algorithm": "ovp_" + jwt.encode(claims, key * 2, "HS512", headers={"kid": kid}),
        "no key id": "ovp_" + jwt.encode(claims, key),
        "no event": "ovp_" + jwt.encode(no_event, key, headers={"kid": kid}),
        "no expiry": "ovp_" + jwt.encode(no_end, key, headers={"kid": kid}),
        "no participant": "ovp_" + jwt.encode(no_uuid, key, headers={"kid": kid}),
    }
    return {name: f"Bearer {token}" for name, token in tokens.items()}


async def _revoked_member(stage: Stage) -> str:
    path = f"/v1/events/{stage.event['id']}/members"
    host = {"role": "host", "name": "Leaver"}
    added = (await stage.api.call("POST", path, stage.tokens["organizer"], host)).json()
    gone = await stage.api.call("DELETE", f"{path}/{added['member_id']}", stage.tokens["organizer"])
    assert gone.status_code == 204
    return str(added["token"])


async def _revoked_api_key(stage: Stage) -> str:
    key = {"name": "leaver"}
    made = (await stage.api.call("POST", "/v1/api-keys", stage.tokens["organizer"], key)).json()
    gone = await stage.api.call("DELETE", f"/v1/api-keys/{made['id']}", stage.tokens["organizer"])
    assert gone.status_code == 204
    return str(made["key"])
