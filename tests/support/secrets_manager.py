"""Secrets Manager as moto plays it, with a record of the fetches that reached it."""

import importlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from moto import mock_aws

from shared.settings import Settings, get_settings

REGION = "eu-central-1"
_SECRET_SETTINGS = (
    "DATABASE_URL",
    "DATABASE_SECRET_ID",
    "DATABASE_APPLICATION_SECRET_ID",
    "SIGNING_KEYS",
    "SIGNING_KEYS_SECRET_ID",
)


@dataclass
class Vault:
    """Holds secrets; `fetches` are the stages that were asked for, `delay_s` what each takes."""

    client: Any
    fetches: list[str] = field(default_factory=list)
    delay_s: float = 0.0

    def create(self, secret: dict[str, Any]) -> str:
        """Store a new secret and return its id."""
        secret_id = f"ovation/{uuid4()}"
        self.client.create_secret(Name=secret_id, SecretString=json.dumps(secret))
        return secret_id

    def put(self, secret_id: str, secret: dict[str, Any], stage: str = "AWSCURRENT") -> None:
        """Store a new version of a secret under a stage."""
        self.client.put_secret_value(
            SecretId=secret_id, SecretString=json.dumps(secret), VersionStages=[stage]
        )

    def promote(self, secret_id: str) -> None:
        """Make the pending version the current one: the last step of a rotation."""
        # By a new version: after update_secret_version_stage moto still serves the old one.
        pending = self.client.get_secret_value(SecretId=secret_id, VersionStage="AWSPENDING")
        self.client.put_secret_value(
            SecretId=secret_id,
            SecretString=pending["SecretString"],
            VersionStages=["AWSCURRENT"],
        )


@contextmanager
def secrets_manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """Yield an empty Secrets Manager for as long as the context lasts."""
    with mock_aws():
        # By name: boto3 ships no types.
        boto3 = importlib.import_module("boto3")
        vault = Vault(boto3.client("secretsmanager", region_name=REGION))
        fetch = SecretsProvider._get

        def recorded(provider: SecretsProvider, name: str, **options: Any) -> str | bytes:
            vault.fetches.append(options.get("VersionStage", "AWSCURRENT"))
            time.sleep(vault.delay_s)
            return fetch(provider, name, **options)

        monkeypatch.setattr(SecretsProvider, "_get", recorded)
        yield vault


def configure(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    """Make the settings say where the secrets are, and nothing else about them."""
    for name in _SECRET_SETTINGS:
        monkeypatch.setenv(name, values.get(name, ""))
    monkeypatch.setenv("AWS_REGION", REGION)
    get_settings.cache_clear()
    return get_settings()


def shown(refused: pytest.ExceptionInfo[BaseException]) -> str:
    """Return everything that a log of the error could show, its causes included."""
    return str(refused.getrepr(style="native"))
