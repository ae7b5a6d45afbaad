"""One secret in Secrets Manager, read off the loop and again after it has changed."""

import asyncio
import importlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

FRESH_FOR_S = 300
_RETRY_AFTER_S = 15.0

_LOG = logging.getLogger(__name__)


class SecretError(Exception):
    """A secret is missing, out of reach or malformed; the message names the setting only."""


class StoredSecret:
    """One secret in Secrets Manager, fetched by one thread of its own.

    The thread is the single flight, whatever loop or thread asks: fetches queue on it, and one that
    a fetch ahead in the queue has already answered is not made.
    """

    def __init__(self, secret_id: str, region: str, source: str) -> None:
        self.source = source
        self.latest: str | None = None
        self._secret_id = secret_id
        self._region = region
        self._provider: Any = None
        self._stale_at = float("-inf")
        self._fetch_began = float("-inf")
        self._fetched: str | SecretError = ""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="secret")

    def read(self) -> Future[str]:
        """Start to read the secret as it was at most 300 s ago, or last, when out of reach."""
        return self._thread.submit(self._read, time.monotonic())

    def refetch(self) -> Future[str]:
        """Start to read the secret as it is now."""
        return self._thread.submit(self._fetch, time.monotonic(), _any)

    def replace(self, is_other: Callable[[str], bool]) -> Future[str]:
        """Start to find a version to use instead of one that was refused; `is_other` tells them apart.

        Where the refused version is still the current one, it is the version that a rotation under
        way is about to make the current one: the database has it already.
        """
        return self._thread.submit(self._replace, time.monotonic(), is_other)

    def _read(self, asked: float) -> str:
        if self.latest is not None and asked < self._stale_at:
            return self.latest
        try:
            return self._fetch(asked, _any)
        except SecretError:
            if self.latest is None:
                raise
            # Not at every call: each waits for a time-out, and they queue.
            self._stale_at = time.monotonic() + _RETRY_AFTER_S
            _LOG.warning("%s is out of reach; its last value stays in use", self.source)
            return self.latest

    def _replace(self, asked: float, is_other: Callable[[str], bool]) -> str:
        if self.latest is not None and is_other(self.latest):
            return self.latest
        return self._fetch(asked, is_other)

    def _fetch(self, asked: float, is_other: Callable[[str], bool]) -> str:
        if self._fetch_began < asked:
            began = time.monotonic()
            try:
                self._fetched = self.latest = self._newest(is_other)
                self._stale_at = began + FRESH_FOR_S
            except SecretError as error:
                self._fetched = error
            self._fetch_began = began
        if isinstance(self._fetched, SecretError):
            raise self._fetched
        return self._fetched

    def _newest(self, is_other: Callable[[str], bool]) -> str:
        current = self._get()
        if is_other(current):
            return current
        try:
            return self._get(VersionStage="AWSPENDING")
        except SecretError:
            return current

    def _get(self, **options: Any) -> str:
        # Imported here: boto3 costs a cold start 200 ms, and only deployments in AWS need it.
        parameters = importlib.import_module("aws_lambda_powertools.utilities.parameters")
        if self._provider is None:
            config = importlib.import_module("botocore.config").Config(
                region_name=self._region,
                connect_timeout=2,
                read_timeout=3,
                retries={"mode": "standard", "total_max_attempts": 2},
            )
            self._provider = parameters.SecretsProvider(boto_config=config)
        try:
            # Its cache is not used: it does not tell one version of a secret from another.
            text = self._provider.get(self._secret_id, max_age=0, force_fetch=True, **options)
        except parameters.GetParameterError as error:
            raise SecretError(f"{self.source} cannot be read from Secrets Manager") from error
        if not isinstance(text, str):
            raise SecretError(f"{self.source} is not a JSON object")
        return text


def _any(text: str) -> bool:
    return True


async def result_of(reading: Future[str]) -> str:
    """Wait for a read without blocking the loop.

    Shielded: a request that is cancelled must not cancel a fetch that others wait for.
    """
    return await asyncio.shield(asyncio.wrap_future(reading))
