"""Idempotency-Key: a POST that creates is done once, however often it is sent."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from shared.errors import IdempotencyKeyReused
from shared.http.access import Bearer
from shared.idempotency.queries import claim, keep
from shared.identity.principals import Principal

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_JSON = "application/json"
# Visible ASCII, as a header can carry it.
_KEY_PATTERN = r"^[\x21-\x7e]+$"


# What an operation with an Idempotency-Key may refuse besides.
REUSED_KEY = (IdempotencyKeyReused,)


class Once:
    """Runs a creation once per Idempotency-Key of a credential."""

    def __init__(self, path: str, key: str | None, token: str) -> None:
        self._path = path
        self._key = key
        self._token = token

    async def __call__(
        self,
        session: AsyncSession,
        principal: Principal,
        request: BaseModel,
        create: Callable[[], Awaitable[BaseModel]],
        *,
        status: int = 201,
    ) -> Response:
        """Return what `create` makes, or what it made when the same request came before.

        Raise `IdempotencyKeyReused` when the key came with another request. The answer is kept in
        the transaction of the creation: both are committed, or neither.
        """
        if self._key is None:
            created = await create()
            return Response(created.model_dump_json(), status, media_type=_JSON)
        # The credential is part of both: only who has it can find the answer, or open it.
        key_hash = self._digest("name")
        fingerprint = f"{self._path}\n{request.model_dump_json()}"
        request_hash = hashlib.sha256(fingerprint.encode()).digest()
        kept = await claim(
            session, principal_id=principal.id, key_hash=key_hash, request_hash=request_hash
        )
        if kept is not None:
            if kept.request_hash != request_hash:
                raise IdempotencyKeyReused()
            body = _seal(self._digest("seal")).decrypt(kept.sealed_body)
            replayed = {"Idempotency-Replayed": "true"}
            return Response(body, kept.status, media_type=_JSON, headers=replayed)
        body = (await create()).model_dump_json().encode()
        await keep(
            session,
            principal_id=principal.id,
            key_hash=key_hash,
            status=status,
            sealed_body=_seal(self._digest("seal")).encrypt(body),
        )
        return Response(body, status, media_type=_JSON)

    def _digest(self, use: str) -> bytes:
        secret = f"ovation idempotency {use}\n{self._token}\n{self._key}"
        return hashlib.sha256(secret.encode()).digest()


def _seal(key: bytes) -> "Fernet":
    # Imported when a key is used: a burst function without one does not pay for it.
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(key))


async def get_once(
    request: Request,
    bearer: Bearer,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=_KEY_PATTERN,
            description="Names this creation: the same key and body again create nothing new",
        ),
    ] = None,
) -> Once:
    """Return the guard of this request's Idempotency-Key."""
    return Once(request.url.path, idempotency_key, bearer.credentials if bearer else "")


OnceDep = Annotated[Once, Depends(get_once)]
