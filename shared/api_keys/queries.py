"""SQL on organizers and API keys."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.api_keys.models import ApiKey, Organizer
from shared.db.engines import AsyncReadSession
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity.credentials import API_KEY_PREFIX, hash_secret, new_secret


async def insert_api_key(
    session: AsyncSession, *, organizer_id: UUID, name: str, key: str
) -> ApiKey:
    """Add an API key of the organizer."""
    api_key = ApiKey(id=new_id(), organizer_id=organizer_id, name=name, key_hash=hash_secret(key))
    session.add(api_key)
    await session.flush()
    await session.refresh(api_key)
    return api_key


async def create_organizer_key(session: AsyncSession, *, organizer_name: str, key_name: str) -> str:
    """Add a key of the organizer of that name, adding the organizer too if missing; return the key."""
    organizer = await session.scalar(
        select(Organizer).where(Organizer.name == organizer_name).order_by(Organizer.id).limit(1)
    )
    if organizer is None:
        organizer = Organizer(id=new_id(), name=organizer_name)
        session.add(organizer)
        await session.flush()
    key = new_secret(API_KEY_PREFIX)
    await insert_api_key(session, organizer_id=organizer.id, name=key_name, key=key)
    return key


async def list_organizer_api_keys(
    session: AsyncReadSession, *, organizer_id: UUID, before: UUID | None, limit: int
) -> list[ApiKey]:
    """Return up to `limit` keys of the organizer, newest first, made before key `before`."""
    statement = select(ApiKey).where(ApiKey.organizer_id == organizer_id)
    if before is not None:
        statement = statement.where(ApiKey.id < before)
    return list(await session.scalars(statement.order_by(ApiKey.id.desc()).limit(limit)))


async def delete_api_key(session: AsyncSession, *, organizer_id: UUID, api_key_id: UUID) -> None:
    """Revoke the key; raise `NotFound` when the organizer has none such."""
    removed = await session.scalar(
        delete(ApiKey)
        .where(ApiKey.id == api_key_id, ApiKey.organizer_id == organizer_id)
        .returning(ApiKey.id)
    )
    if removed is None:
        raise NotFound("There is no such API key.")
