"""Every operation as one call that succeeds, so that a test can walk them all.

`{…}` in a path or a body stands for what a `Stage` has of that name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.api import Json


@dataclass(frozen=True)
class Call:
    """What to send, and the status of success."""

    method: str
    path: str
    body: Json | None = None
    status: int = 200
    # Names of the path that stand for another thing of the stage than the one of that name.
    instead: Mapping[str, str] = field(default_factory=dict)

    def path_on(self, ids: Mapping[str, str], **changed: str) -> str:
        """Return the path with real ids, except for those that are given as `changed`."""
        other = {name: ids[stands_for] for name, stands_for in self.instead.items()}
        return self.path.format_map({**ids, **other, **changed})

    def body_on(self, ids: Mapping[str, str]) -> Json | None:
        """Return the body with real ids."""
        return None if self.body is None else {k: _filled(v, ids) for k, v in self.body.items()}


def _filled(value: object, ids: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return value.format_map(ids)
    if isinstance(value, list):
        return [_filled(each, ids) for each in value]
    return value


_POLL = {
    "kind": "single_choice",
    "prompt": "When shall we meet?",
    "options": [{"label": "Tuesday"}, {"label": "Friday"}],
}
_QUIZ = {
    "title": "Geography",
    "questions": [
        {
            "prompt": "What is the capital of France?",
            "options": [{"label": "Paris", "correct": True}, {"label": "Lyon"}],
        }
    ],
}
_EVENT_PATH = "/v1/events/{event_id}"
_ANNOUNCEMENTS_PATH = f"{_EVENT_PATH}/announcements"
_POLL_PATH = "/v1/polls/{poll_id}"
_TEXT_POLL = {"poll_id": "text_poll_id"}
_PARTICIPANT_PATH = "/v1/participants/{participant_id}"
_QUIZ_PATH = "/v1/quizzes/{quiz_id}"
_QUESTION_PATH = "/v1/questions/{question_id}"

CALLS: Mapping[str, Call] = {
    "get_live": Call("GET", "/health/live"),
    "get_ready": Call("GET", "/health/ready"),
    "show_page": Call("GET", "/"),
    "get_page_asset": Call("GET", "/page/{asset}"),
    "show_docs": Call("GET", "/docs"),
    "get_docs_asset": Call("GET", "/docs/{docs_asset}"),
    "create_api_key": Call("POST", "/v1/api-keys", {"name": "ticket shop"}, 201),
    "list_api_keys": Call("GET", "/v1/api-keys"),
    "revoke_api_key": Call("DELETE", "/v1/api-keys/{api_key_id}", status=204),
    "create_event": Call("POST", "/v1/events", {"title": "Annual meeting"}, 201),
    "list_events": Call("GET", "/v1/events"),
    "get_event": Call("GET", _EVENT_PATH),
    "update_event": Call("PATCH", _EVENT_PATH, {"title": "Annual meeting, day 2"}),
    "delete_event": Call("DELETE", _EVENT_PATH, status=204),
    "export_event": Call("GET", f"{_EVENT_PATH}/export"),
    "add_member": Call("POST", f"{_EVENT_PATH}/members", {"role": "presenter", "name": "Ada"}, 201),
    "revoke_member": Call("DELETE", f"{_EVENT_PATH}/members/{{member_id}}", status=204),
    "join_event": Call("POST", "/v1/join", {"join_code": "{join_code}", "display_name": "Grace"}),
    "get_changes": Call("GET", f"{_EVENT_PATH}/changes"),
    "get_history": Call("GET", f"{_EVENT_PATH}/history"),
    "get_me": Call("GET", f"{_EVENT_PATH}/me"),
    "create_poll": Call("POST", f"{_EVENT_PATH}/polls", _POLL, 201),
    "update_poll": Call("PATCH", _POLL_PATH, {"prompt": "When else?"}),
    "delete_poll": Call("DELETE", _POLL_PATH, status=204),
    "cast_vote": Call("PUT", f"{_POLL_PATH}/vote", {"option_ids": ["{option_id}"]}),
    "retract_vote": Call("DELETE", f"{_POLL_PATH}/vote"),
    "get_results": Call("GET", f"{_POLL_PATH}/results"),
    "list_texts": Call("GET", f"{_POLL_PATH}/texts", instead=_TEXT_POLL),
    "review_text": Call(
        "PATCH",
        f"{_POLL_PATH}/texts/{{participant_id}}",
        {"text": "More breaks.", "status": "published"},
        instead=_TEXT_POLL,
    ),
    "create_quiz": Call("POST", f"{_EVENT_PATH}/quizzes", _QUIZ, 201),
    "get_quiz": Call("GET", _QUIZ_PATH),
    "update_quiz": Call("PATCH", _QUIZ_PATH, {"action": "reveal"}),
    "delete_quiz": Call("DELETE", _QUIZ_PATH, status=204),
    "submit_answer": Call(
        "PUT",
        "/v1/quiz-questions/{quiz_question_id}/answer",
        {"option_ids": ["{quiz_option_id}"]},
    ),
    "get_leaderboard": Call("GET", f"{_QUIZ_PATH}/leaderboard"),
    "read_clock": Call("POST", f"{_EVENT_PATH}/clock", {}),
    "set_accommodation": Call(
        "PUT", f"{_EVENT_PATH}/accommodations/{{participant_id}}", {"time_factor": 1.5}
    ),
    "ask_question": Call("POST", f"{_EVENT_PATH}/questions", {"body": "Will it rain?"}, 201),
    "update_question": Call("PATCH", _QUESTION_PATH, {"status": "answered"}),
    "delete_question": Call("DELETE", _QUESTION_PATH, status=204),
    "reply_to_question": Call("POST", f"{_QUESTION_PATH}/replies", {"body": "Yes."}, 201),
    "upvote_question": Call("PUT", f"{_QUESTION_PATH}/upvote"),
    "retract_upvote": Call("DELETE", f"{_QUESTION_PATH}/upvote"),
    "send_reaction": Call("POST", f"{_EVENT_PATH}/reactions", {"kind": "clap", "count": 3}, 202),
    "create_announcement": Call("POST", _ANNOUNCEMENTS_PATH, {"body": "Lunch is served."}, 201),
    "delete_announcement": Call("DELETE", f"{_ANNOUNCEMENTS_PATH}/{{announcement_id}}", status=204),
    "merge_question": Call("POST", f"{_QUESTION_PATH}/merge", {"into": "{other_question_id}"}),
    "unmerge_question": Call("DELETE", f"{_QUESTION_PATH}/merge"),
    "ban_author": Call("POST", f"{_QUESTION_PATH}/author/ban"),
    "unban_author": Call("DELETE", f"{_QUESTION_PATH}/author/ban"),
    "ban_participant": Call("POST", f"{_PARTICIPANT_PATH}/ban"),
    "unban_participant": Call("DELETE", f"{_PARTICIPANT_PATH}/ban"),
    "erase_participant": Call("DELETE", _PARTICIPANT_PATH, status=204),
}
