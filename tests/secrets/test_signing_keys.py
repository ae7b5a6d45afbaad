"""Signing keys: a rotation is picked up, forged key ids cost nothing, no value is ever shown."""

import asyncio
import base64
import json
from typing import Any

import pytest

from shared import secrets, stored_secret
from shared.secrets import SecretError, SigningKeys
from tests.support.secrets_manager import Vault, configure, shown

OLD, NEW = base64.b64encode(b"o" * 32).decode(), base64.b64encode(b"n" * 32).decode()


def key_set(current: str, **keys: str) -> dict[str, Any]:
    return {"current": current, "keys": keys}


def test_keys_of_the_environment_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = configure(monkeypatch, SIGNING_KEYS=json.dumps(key_set("b", a=OLD, b=NEW)))
    assert secrets.signing_keys(settings) == SigningKeys("b", {"a": b"o" * 32, "b": b"n" * 32})


@pytest.mark.parametrize(
    "text",
    [
        '"hunter22"',
        '{"hunter22"',
        '{"current": "hunter22"}',
        '{"current": "a", "keys": {}}',
        '{"current": "a", "keys": ["hunter22"]}',
        '{"current": "a", "keys": {"a": 22}}',
        '{"current": "a", "keys": {"a": "hunter22!"}}',
        '{"current": "a", "keys": {"a": "hunter22"}}',
        '{"current": "a", "keys": {"a": "hünter22"}}',
        json.dumps(key_set("hunter22", a=OLD)),
        json.dumps({"current": ["a"], "keys": {"a": OLD}}),
    ],
)
def test_malformed_keys_are_refused_by_setting_without_their_value(text: str) -> None:
    with pytest.raises(SecretError, match="SIGNING_KEYS") as refused:
        secrets.parse_signing_keys(text, "SIGNING_KEYS")
    assert "hunter22" not in shown(refused)
    assert OLD not in shown(refused)


def test_no_keys_at_all_names_both_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SecretError, match="SIGNING_KEYS or SIGNING_KEYS_SECRET_ID"):
        secrets.signing_keys(configure(monkeypatch))


async def test_keys_of_the_environment_are_never_fetched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(monkeypatch, SIGNING_KEYS=json.dumps(key_set("a", a=OLD)))
    assert (await secrets.current_signing_keys()).current == "a"
    assert "b" not in (await secrets.signing_keys_for("b")).keys


async def test_a_key_made_by_a_rotation_is_found_and_the_previous_one_still_accepted(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_id = vault.create(key_set("a", a=OLD))
    settings = configure(monkeypatch, SIGNING_KEYS_SECRET_ID=secret_id)
    assert secrets.signing_keys(settings).current == "a"
    vault.put(secret_id, key_set("b", a=OLD, b=NEW))
    vault.delay_s = 0.05
    found = await asyncio.gather(*(secrets.signing_keys_for("b") for _ in range(20)))
    assert all(keys.keys == {"a": b"o" * 32, "b": b"n" * 32} for keys in found)
    assert (await secrets.current_signing_keys()).current == "b"
    assert len(vault.fetches) == 2


async def test_forged_key_ids_cost_one_fetch_per_floor(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "REFETCH_FLOOR_S", 0.2)
    secret_id = vault.create(key_set("a", a=OLD))
    configure(monkeypatch, SIGNING_KEYS_SECRET_ID=secret_id)
    await secrets.current_signing_keys()
    vault.fetches.clear()
    for number in range(50):
        assert (await secrets.signing_keys_for(f"forged-{number}")).keys == {"a": b"o" * 32}
    assert len(vault.fetches) == 1
    vault.put(secret_id, key_set("b", a=OLD, b=NEW))
    await asyncio.sleep(0.25)
    assert "b" in (await secrets.signing_keys_for("b")).keys
    assert len(vault.fetches) == 2


async def test_a_new_current_key_is_picked_up_when_the_old_reading_is_stale(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "FRESH_FOR_S", 0)
    monkeypatch.setattr(stored_secret, "FRESH_FOR_S", 0)
    secret_id = vault.create(key_set("a", a=OLD))
    configure(monkeypatch, SIGNING_KEYS_SECRET_ID=secret_id)
    assert (await secrets.current_signing_keys()).current == "a"
    vault.put(secret_id, key_set("b", a=OLD, b=NEW))
    assert (await secrets.current_signing_keys()).current == "b"


async def test_a_malformed_rotation_leaves_the_keys_in_use(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret_id = vault.create(key_set("a", a=OLD))
    configure(monkeypatch, SIGNING_KEYS_SECRET_ID=secret_id)
    await secrets.current_signing_keys()
    vault.put(secret_id, {"current": "hunter22"})
    assert (await secrets.signing_keys_for("b")).keys == {"a": b"o" * 32}
    assert "the keys in use stay" in caplog.text
    assert "hunter22" not in caplog.text


def test_no_repr_shows_a_key() -> None:
    assert "oooo" not in repr(SigningKeys("a", {"a": b"o" * 32}))
