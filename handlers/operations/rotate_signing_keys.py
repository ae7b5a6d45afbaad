"""Secrets Manager calls it in four steps, to rotate the keys that sign participant tokens.

The secret is the one that SIGNING_KEYS_SECRET_ID names; PARTICIPANT_TOKEN_TTL_S must be that of the
servers. Each rotation makes the key that signs from the next one on (`shared.rotation`), so no
token is refused in between, and a secret without a value gets its first key. Every step may come
again: the work that is done already is not done twice.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-lambda-function-overview.html
"""

import base64
import importlib
import json
import secrets
import time
from dataclasses import asdict
from typing import Any

from shared.observability import logger
from shared.rotation import KNOWN_AFTER_S, KeySet, check_succession, first, rotated
from shared.secrets import MIN_KEY_BYTES
from shared.settings import get_settings
from shared.stored_secret import SecretError


def handler(event: dict[str, str], context: object) -> None:
    """Do one step; raise `SecretError` when the version is not one to rotate to."""
    step, version = event["Step"], event["ClientRequestToken"]
    secret = _Secret(event["SecretId"])
    stages = secret.stages(version)
    if "AWSCURRENT" in stages:
        logger.info("the version is the current one already", step=step)
        return
    if "AWSPENDING" not in stages:
        raise SecretError("The version is not the pending one")
    match step:
        case "createSecret":
            _create(secret, version)
        case "setSecret":
            # The keys are nowhere else than in the secret.
            pass
        case "testSecret":
            check_succession(secret.text("AWSCURRENT"), _pending(secret, version))
        case "finishSecret":
            _pending(secret, version)
            secret.make_current(version)
        case _:
            raise SecretError("The step is none of the four")
    logger.info("a step of the rotation is done", step=step)


def _create(secret: "_Secret", version: str) -> None:
    if secret.text("AWSPENDING", version) is not None:
        return
    key = base64.b64encode(secrets.token_bytes(MIN_KEY_BYTES)).decode()
    # Short, as it stands in every token; the clock tells a person how old a key is.
    key_id = f"{time.strftime('%Y%m%d', time.gmtime())}-{secrets.token_hex(3)}"
    text = secret.text("AWSCURRENT")
    if text is None:
        keys = first(key_id, key)
    else:
        keys = rotated(
            KeySet.from_record(json.loads(text)),
            key_id=key_id,
            key=key,
            now=time.time(),
            token_ttl_s=get_settings().participant_token_ttl_s,
            known_after_s=KNOWN_AFTER_S,
        )
    secret.put_pending(version, json.dumps(asdict(keys)))


def _pending(secret: "_Secret", version: str) -> str:
    text = secret.text("AWSPENDING", version)
    if text is None:
        raise SecretError("The pending version has no value")
    return text


class _Secret:
    """One secret in Secrets Manager, by its versions and their stages."""

    def __init__(self, secret_id: str) -> None:
        # By name and here: boto3 ships no types, and no other function pays for loading it.
        self._client = importlib.import_module("boto3").client(
            "secretsmanager", region_name=get_settings().aws_region
        )
        self._id = secret_id

    def stages(self, version: str) -> list[str]:
        """Return a version's stages, none when it does not exist."""
        return list(self._versions().get(version, []))

    def text(self, stage: str, version: str | None = None) -> str | None:
        """Return what a stage's version holds, None when it holds nothing yet."""
        which = {"VersionId": version} if version else {}
        try:
            found = self._client.get_secret_value(SecretId=self._id, VersionStage=stage, **which)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return str(found["SecretString"])

    def put_pending(self, version: str, text: str) -> None:
        """Write the pending version."""
        self._client.put_secret_value(
            SecretId=self._id,
            ClientRequestToken=version,
            SecretString=text,
            VersionStages=["AWSPENDING"],
        )

    def make_current(self, version: str) -> None:
        """Let the version be the current one; what was becomes the previous one."""
        current = [each for each, stages in self._versions().items() if "AWSCURRENT" in stages]
        leaving = {"RemoveFromVersionId": current[0]} if current else {}
        self._client.update_secret_version_stage(
            SecretId=self._id, VersionStage="AWSCURRENT", MoveToVersionId=version, **leaving
        )

    def _versions(self) -> dict[str, list[str]]:
        described: dict[str, Any] = self._client.describe_secret(SecretId=self._id)
        return dict(described.get("VersionIdsToStages", {}))
