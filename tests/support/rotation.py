"""A rotation as Secrets Manager drives it: four steps, any of which may come again.

moto's own `rotate_secret` loses the current version, and serves the old one after the last step.
"""

import importlib
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from moto.secretsmanager.models import secretsmanager_backends

from handlers.operations.rotate_signing_keys import handler
from tests.support.secrets_manager import REGION

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_ACCOUNT = "123456789012"


@dataclass
class Rotation:
    """One rotation of a secret, which has a pending version without a value when it begins."""

    secret_id: str
    version: str

    def step(self, name: str) -> None:
        """Do one step."""
        event = {"Step": name, "SecretId": self.secret_id, "ClientRequestToken": self.version}
        handler(event, None)
        if name == "finishSecret":
            _stored(self.secret_id).default_version_id = self.version


def begin_rotation(secret_id: str) -> Rotation:
    """Stage an empty pending version, as AWS does before the first step."""
    version = str(uuid4())
    _stored(secret_id).versions[version] = {
        "version_id": version,
        "version_stages": ["AWSPENDING"],
        "createdate": time.time(),
    }
    return Rotation(secret_id, version)


def rotate(secret_id: str) -> None:
    """Do all four steps."""
    rotation = begin_rotation(secret_id)
    for name in STEPS:
        rotation.step(name)


def versions(secret_id: str) -> dict[str, list[str]]:
    """Return the stages of each version."""
    client = importlib.import_module("boto3").client("secretsmanager", region_name=REGION)
    return dict(client.describe_secret(SecretId=secret_id)["VersionIdsToStages"])


def _stored(secret_id: str) -> Any:
    return secretsmanager_backends[_ACCOUNT][REGION].secrets[secret_id]
