"""The rotation of the signing keys: its four steps against moto, and under load without a refusal."""

import asyncio
import base64
import importlib
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from handlers.operations import rotate_signing_keys
from shared import secrets, stored_secret
from shared.identity.principals import ParticipantPrincipal
from shared.identity.tokens import signing_key_id, verify_participant_token
from shared.secrets import parse_signing_keys
from shared.settings import get_settings
from shared.stored_secret import SecretError
from tests.support.api import Api
from tests.support.rotation import STEPS, begin_rotation, rotate, versions
from tests.support.secrets_manager import Vault, configure, secrets_manager

OLD = base64.b64encode(b"o" * 32).decode()
WORKERS = 6


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with secrets_manager(monkeypatch) as vault:
        yield vault
    get_settings.cache_clear()


@pytest.fixture
def secret_id(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a secret with one key, which the settings name."""
    database = get_settings().database_url
    secret_id = vault.create({"current": "a", "keys": {"a": OLD}})
    configure(monkeypatch, SIGNING_KEYS_SECRET_ID=secret_id, DATABASE_URL=database)
    return secret_id


def keys_now(vault: Vault, secret_id: str) -> dict[str, Any]:
    text = vault.client.get_secret_value(SecretId=secret_id)["SecretString"]
    parse_signing_keys(text, "SIGNING_KEYS")
    kept: dict[str, Any] = json.loads(text)
    return kept


def let_time_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate_signing_keys, "KNOWN_AFTER_S", 0)


def test_four_steps_prepare_a_key_and_the_next_four_let_it_sign(
    vault: Vault, secret_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_time_pass(monkeypatch)
    rotate(secret_id)
    prepared = keys_now(vault, secret_id)
    assert (prepared["current"], len(prepared["keys"])) == ("a", 2)
    rotate(secret_id)
    signing = keys_now(vault, secret_id)
    assert signing["current"] == prepared["next"]
    assert set(prepared["keys"]) < set(signing["keys"])
    stages = versions(secret_id).values()
    assert sum("AWSCURRENT" in each for each in stages) == 1


def test_every_step_may_come_again_and_the_key_is_made_once(vault: Vault, secret_id: str) -> None:
    rotation = begin_rotation(secret_id)
    made = set()
    for name in STEPS[:3]:
        for _ in range(3):
            rotation.step(name)
            made.add(
                vault.client.get_secret_value(
                    SecretId=secret_id, VersionId=rotation.version, VersionStage="AWSPENDING"
                )["SecretString"]
            )
    for _ in range(3):
        rotation.step("finishSecret")
    # All steps are done: what comes late changes nothing.
    for name in STEPS:
        rotation.step(name)
    assert made == {json.dumps(keys_now(vault, secret_id))}


@pytest.mark.parametrize("name", ["testSecret", "finishSecret"])
def test_a_step_before_the_key_is_made_is_refused_and_changes_nothing(
    vault: Vault, secret_id: str, name: str
) -> None:
    rotation = begin_rotation(secret_id)
    with pytest.raises(SecretError, match="no value"):
        rotation.step(name)
    assert keys_now(vault, secret_id) == {"current": "a", "keys": {"a": OLD}}


def test_a_pending_version_that_would_have_tokens_refused_is_not_let_through(
    vault: Vault, secret_id: str
) -> None:
    rotation = begin_rotation(secret_id)
    other = {"current": "b", "keys": {"b": base64.b64encode(b"b" * 32).decode()}}
    vault.client.put_secret_value(
        SecretId=secret_id,
        ClientRequestToken=rotation.version,
        SecretString=json.dumps(other),
        VersionStages=["AWSPENDING"],
    )
    with pytest.raises(SecretError, match="does not accept"):
        rotation.step("testSecret")


def test_a_version_or_a_step_that_does_not_exist_is_refused(vault: Vault, secret_id: str) -> None:
    rotation = begin_rotation(secret_id)
    with pytest.raises(SecretError, match="none of the four"):
        rotation.step("dropSecret")
    rotation.version = "0" * 36
    with pytest.raises(SecretError, match="not the pending one"):
        rotation.step("createSecret")


def test_no_key_reaches_the_log(
    vault: Vault, secret_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rotate(secret_id)
    said = capsys.readouterr()
    for key in keys_now(vault, secret_id)["keys"].values():
        assert key not in said.out + said.err


async def test_no_request_fails_while_keys_rotate_and_tokens_of_before_live_on(
    vault: Vault, secret_id: str, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process learns of a new version within 0.3 s here, and a rotation waits for twice that.
    monkeypatch.setattr(secrets, "FRESH_FOR_S", 0.3)
    monkeypatch.setattr(stored_secret, "FRESH_FOR_S", 0.3)
    monkeypatch.setattr(rotate_signing_keys, "KNOWN_AFTER_S", 0.6)
    vault.delay_s = 0.02
    event = await api.make_event()
    poll = await api.make_poll(event)
    voters = [await api.join(event) for _ in range(WORKERS)]
    first_tokens = {voter.token for voter in voters}
    statuses: list[int] = []
    done = asyncio.Event()

    async def work(number: int) -> None:
        chance = random.Random(number)
        while not done.is_set():
            voter = chance.choice(voters)
            statuses.append((await api.vote(voter, poll, chance.randrange(3))).status_code)
            voters.append(await api.join(event))
            await asyncio.sleep(0.1)

    workers = [asyncio.create_task(work(number)) for number in range(WORKERS)]
    for _ in range(3):
        await asyncio.to_thread(rotate, secret_id)
        await asyncio.sleep(0.8)
    done.set()
    await asyncio.gather(*workers)
    assert set(statuses) == {200}
    signers = {signing_key_id(voter.token) for voter in voters}
    assert len(signers) == 3
    assert {signing_key_id(token) for token in first_tokens} == {"a"}
    for voter in voters[:WORKERS]:
        assert (await api.vote(voter, poll, 0)).status_code == 200
    keys = parse_signing_keys(json.dumps(keys_now(vault, secret_id)), "SIGNING_KEYS").keys
    for voter in voters:
        assert isinstance(verify_participant_token(keys, voter.token), ParticipantPrincipal)


def test_a_secret_without_a_value_gets_a_key_that_signs_at_once(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch)
    vault.client.create_secret(Name="ovation/empty")
    moved: list[dict[str, Any]] = []
    call = type(vault.client)._make_api_call

    def last_step(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        # moto cannot move a stage that no version has.
        if operation != "UpdateSecretVersionStage":
            return call(client, operation, parameters)
        moved.append(parameters)
        return {}

    monkeypatch.setattr(
        importlib.import_module("botocore.client").BaseClient, "_make_api_call", last_step
    )
    rotation = begin_rotation("ovation/empty")
    for name in STEPS[:3]:
        rotation.step(name)
    pending = vault.client.get_secret_value(
        SecretId="ovation/empty", VersionId=rotation.version, VersionStage="AWSPENDING"
    )["SecretString"]
    keys = parse_signing_keys(pending, "SIGNING_KEYS")
    assert set(keys.keys) == {keys.current}
    rotation.step("finishSecret")
    assert moved == [
        {
            "SecretId": "ovation/empty",
            "VersionStage": "AWSCURRENT",
            "MoveToVersionId": rotation.version,
        }
    ]
