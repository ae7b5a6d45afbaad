"""Secrets: the database's password and the keys that sign participant tokens.

Locally both come from the environment. In AWS they come from Secrets Manager and change while the
process runs, so they are read again instead of kept. No message here holds a secret's value.
"""

import base64
import binascii
import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from shared.database_address import DatabaseAddress, parse_address
from shared.settings import Settings, get_settings
from shared.stored_secret import FRESH_FOR_S, SecretError, StoredSecret, result_of

__all__ = [
    "SecretError",
    "SigningKeys",
    "current_signing_keys",
    "database_address",
    "database_password",
    "login_address",
    "parse_signing_keys",
    "signing_keys",
    "signing_keys_for",
]

REFETCH_FLOOR_S = 30.0
# RFC 7518, 3.2: a key for HS256 is at least as long as the hash.
MIN_KEY_BYTES = 32

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SigningKeys:
    """The keys that participant tokens are checked with, by id, and the id that signs new ones."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)


def database_address(settings: Settings) -> DatabaseAddress:
    """Return the database's address; raise `SecretError` when there is none.

    Built from the secret when DATABASE_URL is empty. Blocks until that was read once: call it at start.
    """
    if not settings.database_url:
        return _address_in_secret(settings)
    try:
        return parse_address(settings.database_url)
    except ValueError:
        raise SecretError("DATABASE_URL is not a postgresql:// address") from None


def login_address(settings: Settings) -> DatabaseAddress:
    """Return the database's address with the password that is now in force; this blocks.

    For who connects once, such as a migration; the application asks again at each connect.
    Raise `SecretError` when there is no address, or the secret cannot be read.
    """
    address = database_address(settings)
    if not settings.database_secret_id:
        return address
    secret = _stored(settings.database_secret_id, settings.aws_region, "DATABASE_SECRET_ID")
    return address.with_password(_password(secret.refetch().result(), secret.source))


async def database_password(*, rejected: str | None = None) -> str | None:
    """Return the password that is now in DATABASE_SECRET_ID, or None: DATABASE_URL's own counts.

    Off the loop, at most 300 s old. `rejected` is one that the database has just refused: what is
    returned is another one, if there is any, and all who are refused together share one fetch.
    Raise `SecretError` when it cannot be read.
    """
    settings = get_settings()
    if not settings.database_secret_id:
        return None
    secret = _stored(settings.database_secret_id, settings.aws_region, "DATABASE_SECRET_ID")
    if rejected is None:
        found = await result_of(secret.read())
    else:
        found = await result_of(
            secret.replace(lambda text: _password(text, secret.source) != rejected)
        )
    return _password(found, secret.source)


def signing_keys(settings: Settings) -> SigningKeys:
    """Return the keys now in force; raise `SecretError` when there are none or they are malformed.

    Blocks when they come from Secrets Manager and were not read yet: call it at start.
    """
    return _ring(settings).at_start()


async def current_signing_keys() -> SigningKeys:
    """Return the keys to sign with, at most 300 s old; raise `SecretError` when never readable."""
    return await _ring(get_settings()).fresh()


async def signing_keys_for(key_id: str) -> SigningKeys:
    """Return the keys to check a token of `key_id` with, fetched again when the id is unknown.

    At most one fetch in 30 s is made for unknown ids, so that forged tokens cannot make the process
    hammer Secrets Manager; the id may still be unknown in what is returned. To rotate without one
    refused token, add the new key first and make it `current` 300 s later.
    """
    return await _ring(get_settings()).knowing(key_id)


def parse_signing_keys(text: str, source: str) -> SigningKeys:
    """Return the keys in the JSON `text`; raise `SecretError` naming `source`, never the value."""
    record = _json_object(text, source)
    current, encoded = record.get("current"), record.get("keys")
    if not isinstance(encoded, dict) or not encoded:
        raise SecretError(f'{source}: "keys" must be an object of id: base64')
    keys = {key_id: _decode_key(value, source) for key_id, value in encoded.items()}
    if not isinstance(current, str) or current not in keys:
        raise SecretError(f'{source}: "current" must be one of the ids in "keys"')
    return SigningKeys(current, keys)


def _decode_key(value: object, source: str) -> bytes:
    if not isinstance(value, str):
        raise SecretError(f"{source}: a key must be base64 text")
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SecretError(f"{source}: a key is not base64") from None
    if len(key) < MIN_KEY_BYTES:
        raise SecretError(f"{source}: a key has fewer than {MIN_KEY_BYTES} bytes")
    return key


def _json_object(text: str, source: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except ValueError:
        record = None  # the error would carry the text
    if not isinstance(record, dict):
        raise SecretError(f"{source} is not a JSON object")
    return record


def _password(text: str, source: str) -> str:
    password = _json_object(text, source).get("password")
    if not isinstance(password, str) or not password:
        raise SecretError(f'{source}: "password" is missing')
    return password


def _address_in_secret(settings: Settings) -> DatabaseAddress:
    if not settings.database_secret_id:
        raise SecretError("Set DATABASE_URL or DATABASE_SECRET_ID")
    secret = _stored(settings.database_secret_id, settings.aws_region, "DATABASE_SECRET_ID")
    # Whoever connects has just asked for the password, off the loop. To read again from here would hold the
    # loop for as long as the fetch of somebody who was refused takes.
    text = secret.latest or secret.read().result()
    record = _json_object(text, secret.source)
    for name in ("username", "host", "dbname"):
        if not isinstance(record.get(name), str) or not record[name]:
            raise SecretError(f'{secret.source}: "{name}" is missing, and DATABASE_URL is empty')
    port = str(record.get("port", 5432))
    if not port.isdecimal():
        raise SecretError(f'{secret.source}: "port" is not a number')
    return DatabaseAddress(
        {
            "user": record["username"],
            "password": _password(text, secret.source),
            "host": record["host"],
            "port": port,
            "dbname": record["dbname"],
        }
    )


class _KeyRing:
    """The signing keys of this process, kept up to date while tokens are made and checked."""

    def __init__(self, settings: Settings) -> None:
        self._keys: SigningKeys | None = None
        self._text: str | None = None
        self._stored: StoredSecret | None = None
        self._stale_at = float("inf")
        self._refetch: Future[str] | None = None
        self._refetched_at = float("-inf")
        if settings.signing_keys:
            self._keys = parse_signing_keys(settings.signing_keys, "SIGNING_KEYS")
        elif settings.signing_keys_secret_id:
            self._stored = _stored(
                settings.signing_keys_secret_id, settings.aws_region, "SIGNING_KEYS_SECRET_ID"
            )
        else:
            raise SecretError("Set SIGNING_KEYS or SIGNING_KEYS_SECRET_ID")

    def at_start(self) -> SigningKeys:
        """Return the keys, reading them first if they never were; this blocks."""
        if self._keys is None and self._stored is not None:
            self._stored.read().result()
            return self._install()
        return self._require()

    async def fresh(self) -> SigningKeys:
        """Return keys at most 300 s old, or the last ones while newer cannot be read."""
        if self._stored is None or (self._keys and time.monotonic() < self._stale_at):
            return self._require()
        if self._keys is None:
            await result_of(self._stored.read())
            return self._install()
        # Only this caller waits for newer keys; it tries again soon if there are none.
        self._stale_at = time.monotonic() + REFETCH_FLOOR_S
        return await self._renew(self._stored.read())

    async def knowing(self, key_id: str) -> SigningKeys:
        """Return keys among which `key_id` is, if it exists and the floor allows to look."""
        keys = await self.fresh()
        if key_id in keys.keys or self._stored is None:
            return keys
        now = time.monotonic()
        if self._refetch is None or now - self._refetched_at >= REFETCH_FLOOR_S:
            self._refetch, self._refetched_at = self._stored.refetch(), now
        return await self._renew(self._refetch)

    async def _renew(self, reading: Future[str]) -> SigningKeys:
        try:
            await result_of(reading)
            return self._install()
        except SecretError as error:
            _LOG.error("%s; the keys in use stay", error)
            return self._require()

    def _install(self) -> SigningKeys:
        # The newest text, not that of the read just awaited: another may have ended since.
        text = self._stored.latest if self._stored else None
        if text is not None and text != self._text:
            self._keys = parse_signing_keys(text, "SIGNING_KEYS_SECRET_ID")
            self._text = text
        self._stale_at = time.monotonic() + FRESH_FOR_S
        return self._require()

    def _require(self) -> SigningKeys:
        if self._keys is None:
            raise SecretError("The signing keys were not read yet")
        return self._keys


@lru_cache(maxsize=8)
def _stored(secret_id: str, region: str, source: str) -> StoredSecret:
    return StoredSecret(secret_id, region, source)


@lru_cache(maxsize=8)
def _ring(settings: Settings) -> _KeyRing:
    return _KeyRing(settings)
