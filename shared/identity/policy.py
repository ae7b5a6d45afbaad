"""Which roles may call which operation: the one table that decides it.

An operation that is not here is open to anyone. That an event, a poll or a question is of the
caller's own event is checked with the thing itself (`shared.http.access`).
"""

from collections.abc import Mapping

from shared.errors import Forbidden
from shared.identity.principals import Principal, Role

_ORGANIZER = frozenset({Role.ORGANIZER})
_HOSTS = frozenset({Role.ORGANIZER, Role.HOST})
_MODERATORS = _HOSTS | {Role.MODERATOR}
_STAFF = _MODERATORS | {Role.PRESENTER}
_PARTICIPANT = frozenset({Role.PARTICIPANT})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "create_api_key": _ORGANIZER,
    "list_api_keys": _ORGANIZER,
    "revoke_api_key": _ORGANIZER,
    "create_event": _ORGANIZER,
    "list_events": _HOSTS,
    "get_event": _HOSTS,
    "update_event": _HOSTS,
    "delete_event": _HOSTS,
    "export_event": _HOSTS,
    "add_member": _HOSTS,
    "revoke_member": _HOSTS,
    "get_staff_changes": _STAFF,
    "get_history": _HOSTS,
    "get_me": _PARTICIPANT,
    "create_poll": _MODERATORS,
    "update_poll": _MODERATORS,
    "delete_poll": _MODERATORS,
    "list_texts": _STAFF,
    "review_text": _MODERATORS,
    "cast_vote": _PARTICIPANT,
    "retract_vote": _PARTICIPANT,
    "create_quiz": _HOSTS,
    "get_quiz": _STAFF,
    "update_quiz": _HOSTS,
    "delete_quiz": _HOSTS,
    "set_accommodation": _HOSTS,
    "read_clock": _PARTICIPANT,
    "submit_answer": _PARTICIPANT,
    "ask_question": _PARTICIPANT,
    "update_question": _MODERATORS,
    "delete_question": _MODERATORS,
    "reply_to_question": _MODERATORS,
    "upvote_question": _PARTICIPANT,
    "retract_upvote": _PARTICIPANT,
    "send_reaction": _PARTICIPANT,
    "create_announcement": _MODERATORS,
    "delete_announcement": _MODERATORS,
    "merge_question": _MODERATORS,
    "unmerge_question": _MODERATORS,
    "ban_author": _MODERATORS,
    "unban_author": _MODERATORS,
    "ban_participant": _MODERATORS,
    "unban_participant": _MODERATORS,
    "erase_participant": _MODERATORS,
}


def authorize(principal: Principal, operation: str) -> None:
    """Raise `Forbidden` unless the principal's role may call the operation."""
    if principal.role not in PERMISSIONS[operation]:
        raise Forbidden(f"The role {principal.role} may not do that.")
