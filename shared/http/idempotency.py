"""Idempotency-Key: a POST that creates is done once, however often it is sent."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from shared.errors import IdempotencyKeyReused
from shared.http.access import Bearer
from shared.idempotency.claims import Claim, Kept
from shared.identity.principals import Principal

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from sqlalchemy.ext.asyncio import AsyncSession

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
        session: "AsyncSession",
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
        # Imported here: asking a question, which a function does, needs no session.
        from shared.idempotency.queries import claim, keep

        key_hash, request_hash = self._digest("name"), self._request_hash(request)
        kept = await claim(
            session, principal_id=principal.id, key_hash=key_hash, request_hash=request_hash
        )
        if kept is not None:
            return self._replay(
                request_hash,
                Kept(
                    request_hash=kept.request_hash, status=kept.status, sealed_body=kept.sealed_body
                ),
            )
        created = await create()
        await keep(
            session,
            principal_id=principal.id,
            key_hash=key_hash,
            status=status,
            sealed_body=self._seal(created),
        )
        return Response(created.model_dump_json(), status, media_type=_JSON)

    async def in_one_flight(
        self,
        request: BaseModel,
        create: Callable[[Claim | None], Awaitable[BaseModel | Kept]],
    ) -> Response:
        """Return the same for a creation whose one statement looks for the claim and keeps the answer."""
        request_hash = self._request_hash(request)
        claim = Claim(self._digest("name"), request_hash, self._seal) if self._key else None
        created = await create(claim)
        if isinstance(created, Kept):
            return self._replay(request_hash, created)
        return Response(created.model_dump_json(), 201, media_type=_JSON)

    def _replay(self, request_hash: bytes, kept: Kept) -> Response:
        if kept.request_hash != request_hash:
            raise IdempotencyKeyReused()
        body = _fernet(self._digest("seal")).decrypt(kept.sealed_body)
        replayed = {"Idempotency-Replayed": "true"}
        return Response(body, kept.status, media_type=_JSON, headers=replayed)

    def _request_hash(self, request: BaseModel) -> bytes:
        fingerprint = f"{self._path}\n{request.model_dump_json()}"
        return hashlib.sha256(fingerprint.encode()).digest()

    def _seal(self, created: BaseModel) -> bytes:
        return _fernet(self._digest("seal")).encrypt(created.model_dump_json().encode())

    # The credential is part of both: only who has it can find the answer, or open it.
    def _digest(self, use: str) -> bytes:
        secret = f"ovation idempotency {use}\n{self._token}\n{self._key}"
        return hashlib.sha256(secret.encode()).digest()


def _fernet(key: bytes) -> "Fernet":
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
