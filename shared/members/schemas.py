"""What the API says and accepts of members."""

from uuid import UUID

from pydantic import Field

from shared.members.models import MemberRole
from shared.schemas import Request, Response
from shared.text import Name


class AddMember(Request):
    """A new member of an event."""

    role: MemberRole
    name: Name = Field(examples=["Ada"])


class MemberToken(Response):
    """A member with the token, which is shown this once."""

    member_id: UUID
    role: MemberRole
    token: str = Field(examples=["ovm_…"])
