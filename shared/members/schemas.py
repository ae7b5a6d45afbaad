"""What the API says and accepts of members."""

from uuid import UUID

from shared.members.values import MemberRole
from shared.schemas import Request, Response, example
from shared.text import Name


class AddMember(Request):
    """A new member of an event."""

    model_config = example(role="moderator", name="Ada")

    role: MemberRole
    name: Name


class MemberToken(Response):
    """A member with the token, which is shown this once."""

    model_config = example(
        member_id="0197f6a0-c0de-7000-8000-00000000000b", role="moderator", token="ovm_…"
    )  # nosec B106  # an example

    member_id: UUID
    role: MemberRole
    token: str
