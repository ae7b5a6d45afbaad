"""The database's address and password: read once, kept for a while, refetched, never shown."""

import asyncio
import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shared import secrets, stored_secret
from shared.database_address import DatabaseAddress
from shared.secrets import SecretError
from shared.settings import Settings
from shared.stored_secret import StoredSecret, result_of
from tests.support.garbage import spared_collections
from tests.support.secrets_manager import REGION, Vault, configure, shown

# --- the database's address -----------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_of_any_usual_scheme_is_taken_apart(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://ann:p%40ss@db:6432/ovation?sslmode=require")
    assert secrets.database_address(settings).parts == {
        "user": "ann",
        "password": "p@ss",
        "host": "db",
        "port": "6432",
        "dbname": "ovation",
        "sslmode": "require",
    }


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("postgresql://", {}),
        ("postgresql:///ovation", {"dbname": "ovation"}),
        ("postgresql://[::1]:5433/o", {"host": "::1", "port": "5433", "dbname": "o"}),
        (
            "postgresql://ann:a/b?c@db/o",
            {"user": "ann", "password": "a/b?c", "host": "db", "dbname": "o"},
        ),
        ("postgresql://ann@/o?host=/run/pg", {"user": "ann", "dbname": "o", "host": "/run/pg"}),
        ("postgresql://?host=a&host=b&port=1", {"host": "a,b", "port": "1"}),
    ],
)
def test_an_address_may_leave_out_what_libpq_knows_and_name_what_it_takes(
    address: str, parts: dict[str, str]
) -> None:
    assert secrets.database_address(Settings(database_url=address)).parts == parts


@pytest.mark.parametrize(
    "address", ["mysql://ann:hunter22@db/ovation", "hunter22", "postgresql://ann:x@db:hunter22/o"]
)
def test_a_wrong_address_is_refused_by_its_setting_without_its_value(address: str) -> None:
    with pytest.raises(SecretError, match="DATABASE_URL") as refused:
        secrets.database_address(Settings(database_url=address))
    assert "hunter22" not in shown(refused)


def test_no_address_and_no_secret_names_both_settings() -> None:
    with pytest.raises(SecretError, match="DATABASE_URL or DATABASE_SECRET_ID"):
        secrets.database_address(Settings(database_url="", database_secret_id=""))


def test_who_connects_once_gets_the_secrets_password_at_the_given_address(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The secret that RDS keeps says neither host nor database.
    secret_id = vault.create({"username": "ann", "password": "first"})
    settings = configure(
        monkeypatch, DATABASE_URL="postgresql://ann@db/ovation", DATABASE_SECRET_ID=secret_id
    )
    assert secrets.login_address(settings).parts["password"] == "first"
    vault.put(secret_id, {"username": "ann", "password": "second"})
    assert secrets.login_address(settings).parts == {
        "user": "ann",
        "password": "second",
        "host": "db",
        "dbname": "ovation",
    }


def test_an_address_with_a_password_and_no_secret_is_left_alone() -> None:
    settings = Settings(database_url="postgresql://ann:own@db/ovation", database_secret_id="")
    assert secrets.login_address(settings).parts["password"] == "own"


def test_the_address_is_built_from_the_secret(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_id = vault.create(
        {"username": "ann", "password": "p@ss", "host": "db", "port": 6432, "dbname": "ovation"}
    )
    address = secrets.database_address(configure(monkeypatch, DATABASE_SECRET_ID=secret_id))
    assert address.parts == {
        "user": "ann",
        "password": "p@ss",
        "host": "db",
        "port": "6432",
        "dbname": "ovation",
    }
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({"username": ""}, "username"),
        ({"host": None}, "host"),
        ({"dbname": 7}, "dbname"),
        ({"password": ""}, "password"),
        ({"port": "hunter22"}, "port"),
    ],
)
def test_a_broken_database_secret_is_named_by_setting_and_field(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, broken: dict[str, Any], named: str
) -> None:
    whole = {"username": "ann", "password": "hunter22", "host": "db", "dbname": "ovation"}
    secret_id = vault.create(whole | broken)
    settings = configure(monkeypatch, DATABASE_SECRET_ID=secret_id)
    with pytest.raises(SecretError, match=f'DATABASE_SECRET_ID.*"{named}"') as refused:
        secrets.database_address(settings)
    assert "hunter22" not in shown(refused)


# --- the database's password ----------------------------------------------------------------


async def test_without_a_secret_there_is_no_password_and_no_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(monkeypatch, DATABASE_URL="postgresql://ann@db/ovation")
    assert await secrets.database_password() is None
    assert await secrets.database_password(rejected="old") is None


async def test_the_password_is_kept_until_it_is_refused(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_id = vault.create({"password": "old"})
    configure(monkeypatch, DATABASE_SECRET_ID=secret_id)
    assert await secrets.database_password() == "old"
    vault.put(secret_id, {"password": "new"})
    assert await secrets.database_password() == "old"
    assert vault.fetches == ["AWSCURRENT"]
    assert await secrets.database_password(rejected="old") == "new"
    assert await secrets.database_password() == "new"
    assert await secrets.database_password(rejected="old") == "new"
    assert vault.fetches == ["AWSCURRENT", "AWSCURRENT"]


async def test_a_refused_password_that_is_still_current_gives_way_to_the_pending_one(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_id = vault.create({"password": "old"})
    configure(monkeypatch, DATABASE_SECRET_ID=secret_id)
    assert await secrets.database_password() == "old"
    vault.put(secret_id, {"password": "new"}, stage="AWSPENDING")
    refreshed = await asyncio.gather(*(secrets.database_password(rejected="old") for _ in range(9)))
    assert set(refreshed) == {"new"}
    assert vault.fetches == ["AWSCURRENT", "AWSCURRENT", "AWSPENDING"]
    assert await secrets.database_password() == "new"  # what the database accepts now


async def test_a_pending_password_that_was_abandoned_gives_way_to_the_current_one(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_id = vault.create({"password": "old"})
    configure(monkeypatch, DATABASE_SECRET_ID=secret_id)
    await secrets.database_password()
    vault.put(secret_id, {"password": "abandoned"}, stage="AWSPENDING")
    assert await secrets.database_password(rejected="old") == "abandoned"
    assert await secrets.database_password(rejected="abandoned") == "old"
    assert await secrets.database_password() == "old"


async def test_a_refused_password_that_no_rotation_has_changed_is_returned_again(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DATABASE_SECRET_ID=vault.create({"password": "old"}))
    assert await secrets.database_password() == "old"
    assert await secrets.database_password(rejected="old") == "old"


async def test_all_that_are_refused_together_share_one_fetch_and_never_stall_the_loop(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_id = vault.create({"password": "old"})
    configure(monkeypatch, DATABASE_SECRET_ID=secret_id)
    await secrets.database_password()
    vault.put(secret_id, {"password": "new"})
    vault.delay_s = 1.5
    vault.fetches.clear()
    waiting = asyncio.gather(*(secrets.database_password(rejected="old") for _ in range(50)))
    stalls = []
    with spared_collections():
        while not waiting.done():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            stalls.append(time.perf_counter() - began)
    assert set(await waiting) == {"new"}
    assert vault.fetches == ["AWSCURRENT"]
    assert max(stalls) < 1.2


async def test_the_address_is_there_at_once_while_others_fetch(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {"username": "ovation", "host": "127.0.0.1", "dbname": "postgres", "password": "old"}
    settings = configure(monkeypatch, DATABASE_SECRET_ID=vault.create(secret))
    known = secrets.database_address(settings)
    vault.delay_s = 0.5
    refused = asyncio.create_task(secrets.database_password(rejected="old"))
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    assert secrets.database_address(settings) == known
    assert time.perf_counter() - began < 0.25
    await refused


async def test_all_that_are_refused_though_nothing_was_rotated_share_fetches(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DATABASE_SECRET_ID=vault.create({"password": "old"}))
    await secrets.database_password()
    vault.delay_s = 0.05
    vault.fetches.clear()
    found = await asyncio.gather(*(secrets.database_password(rejected="old") for _ in range(20)))
    assert set(found) == {"old"}
    # One that the first starts, and one for those who ask when it has begun.
    assert vault.fetches.count("AWSCURRENT") <= 2


async def test_a_cancelled_caller_does_not_cancel_the_fetch_of_the_others(vault: Vault) -> None:
    secret = StoredSecret(vault.create({"password": "old"}), REGION, "DATABASE_SECRET_ID")
    vault.delay_s = 0.2
    secret.read()
    queued = secret.refetch()  # behind the read, so it could still be cancelled
    first, second = (asyncio.create_task(result_of(queued)) for _ in range(2))
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second == '{"password": "old"}'


async def test_while_secrets_manager_is_away_the_last_password_is_used_and_it_is_not_hammered(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stored_secret, "FRESH_FOR_S", 0)
    secret_id = vault.create({"password": "hunter22"})
    configure(monkeypatch, DATABASE_SECRET_ID=secret_id)
    assert await secrets.database_password() == "hunter22"
    vault.client.delete_secret(SecretId=secret_id, ForceDeleteWithoutRecovery=True)
    vault.fetches.clear()
    assert [await secrets.database_password() for _ in range(5)] == ["hunter22"] * 5
    assert len(vault.fetches) == 1
    assert "DATABASE_SECRET_ID is out of reach" in caplog.text
    assert "hunter22" not in caplog.text
    with pytest.raises(SecretError, match="DATABASE_SECRET_ID cannot be read"):
        await secrets.database_password(rejected="hunter22")


async def test_a_secret_that_was_never_readable_is_an_error_that_names_the_setting(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, DATABASE_SECRET_ID="not-there")
    with pytest.raises(SecretError, match="DATABASE_SECRET_ID cannot be read"):
        await secrets.database_password()


async def test_a_binary_secret_is_refused(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.client.create_secret(Name="binary", SecretBinary=b"hunter22")
    configure(monkeypatch, DATABASE_SECRET_ID="binary")
    with pytest.raises(SecretError, match="DATABASE_SECRET_ID is not a JSON object") as refused:
        await secrets.database_password()
    assert "hunter22" not in shown(refused)


# --- what must not show or load -------------------------------------------------------------


def test_no_repr_shows_a_value() -> None:
    assert "hunter22" not in repr(DatabaseAddress({"user": "ann", "password": "hunter22"}))


def test_boto3_is_not_loaded_when_no_secret_id_is_configured() -> None:
    program = (
        "import asyncio, sys; from shared import secrets; from shared.settings import get_settings;"
        "secrets.database_address(get_settings()); secrets.signing_keys(get_settings());"
        "asyncio.run(secrets.database_password());"
        "print('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    key = base64.b64encode(bytes(32)).decode()
    environment = {
        "DATABASE_URL": "postgresql://ann@db/ovation",
        "SIGNING_KEYS": json.dumps({"current": "a", "keys": {"a": key}}),
    }
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "False"
