"""SQL on members."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity.credentials import hash_secret
from shared.members.models import Member
from shared.members.schemas import AddMember


async def insert_member(
    session: AsyncSession, *, event_id: UUID, request: AddMember, token: str
) -> Member:
    """Add a member who is known by `token`."""
    member = Member(
        id=new_id(),
        event_id=event_id,
        role=request.role,
        name=request.name,
        token_hash=hash_secret(token),
    )
    session.add(member)
    await session.flush()
    return member


async def delete_member(session: AsyncSession, *, event_id: UUID, member_id: UUID) -> None:
    """Remove the member, whose token is refused from then on; raise `NotFound` when there is none."""
    removed = await session.scalar(
        delete(Member)
        .where(Member.id == member_id, Member.event_id == event_id)
        .returning(Member.id)
    )
    if removed is None:
        raise NotFound("There is no such member.")
