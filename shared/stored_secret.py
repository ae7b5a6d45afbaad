"""One secret in Secrets Manager, read off the loop and again after it has changed."""

import asyncio
import importlib
import logging
import time
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
        self._retry_at = float("-inf")
        self._refetch_began = float("-inf")
        self._refetched: str | SecretError = ""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="secret")

    def read(self) -> Future[str]:
        """Start to read the secret as it was at most 300 s ago, or last, when out of reach."""
        return self._thread.submit(self._read)

    def refetch(self, *, or_pending: bool = False) -> Future[str]:
        """Start to read the secret as it is now.

        With `or_pending`, when it has not changed, give the version that a rotation under way is
        about to make the current one: the database may already have it.
        """
        return self._thread.submit(self._refetch, time.monotonic(), or_pending)

    def _read(self) -> str:
        if self.latest is not None and time.monotonic() < self._retry_at:
            return self.latest
        try:
            self.latest = self._get(max_age=FRESH_FOR_S)
        except SecretError:
            if self.latest is None:
                raise
            # Not at every call: each waits for a time-out, and they queue.
            self._retry_at = time.monotonic() + _RETRY_AFTER_S
            _LOG.warning("%s is out of reach; its last value stays in use", self.source)
        return self.latest

    def _refetch(self, asked: float, or_pending: bool) -> str:
        if self._refetch_began < asked:
            began = time.monotonic()
            try:
                self._refetched = self._newest(or_pending)
            except SecretError as error:
                self._refetched = error
            self._refetch_began = began
        if isinstance(self._refetched, SecretError):
            raise self._refetched
        return self._refetched

    def _newest(self, or_pending: bool) -> str:
        before = self.latest
        self.latest = self._get(max_age=FRESH_FOR_S, force_fetch=True)
        if not or_pending or self.latest != before:
            return self.latest
        try:
            # max_age 0: never cached, it is not the current version yet.
            return self._get(max_age=0, force_fetch=True, VersionStage="AWSPENDING")
        except SecretError:
            return self.latest

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
            text = self._provider.get(self._secret_id, **options)
        except parameters.GetParameterError as error:
            raise SecretError(f"{self.source} cannot be read from Secrets Manager") from error
        if not isinstance(text, str):
            raise SecretError(f"{self.source} is not a JSON object")
        return text


async def result_of(reading: Future[str]) -> str:
    """Wait for a read without blocking the loop.

    Shielded: a request that is cancelled must not cancel a fetch that others wait for.
    """
    return await asyncio.shield(asyncio.wrap_future(reading))
