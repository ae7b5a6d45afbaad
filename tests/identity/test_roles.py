"""Every endpoint against every credential: who gets in, and which refusal the others are given."""

from typing import Any

import httpx
import pytest

from handlers.app import ENDPOINTS
from shared.identity.policy import PERMISSIONS
from tests.support.addresses import client_elsewhere
from tests.support.api import Api
from tests.support.bad_credentials import bad_credentials
from tests.support.calls import CALLS
from tests.support.problems import check_problem
from tests.support.stage import ROLES, Stage, set_stage
from tests.support.tables import fingerprint

# For each operation: no credential, a bad one, each role in its own event, each role of another
# event (or another organizer). `get_staff_changes` is get_changes with audience=staff.
TABLE = """
                      none bad | org host mod pres part | org host mod pres part
    get_live            ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    get_ready           ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    show_page           ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    get_page_asset      ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    show_docs           ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    get_docs_asset      ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    create_api_key     401 401 |  ok  403 403  403  403 |  ok  403 403  403  403
    list_api_keys      401 401 |  ok  403 403  403  403 |  ok  403 403  403  403
    revoke_api_key     401 401 |  ok  403 403  403  403 | 404  403 403  403  403
    create_event       401 401 |  ok  403 403  403  403 |  ok  403 403  403  403
    list_events        401 401 |  ok   ok 403  403  403 |  ok   ok 403  403  403
    get_event          401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    update_event       401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    delete_event       401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    export_event       401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    add_member         401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    revoke_member      401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    join_event          ok  ok |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    get_changes         ok 401 |  ok   ok  ok   ok   ok |  ok   ok  ok   ok   ok
    get_staff_changes  401 401 |  ok   ok  ok   ok  403 | 404  403 403  403  403
    get_history        401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    get_me             401 401 | 403  403 403  403   ok | 403  403 403  403  403
    create_poll        401 401 |  ok   ok  ok  403  403 | 404  403 403  403  403
    update_poll        401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    delete_poll        401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    cast_vote          401 401 | 403  403 403  403   ok | 403  403 403  403  404
    retract_vote       401 401 | 403  403 403  403   ok | 403  403 403  403  404
    get_results         ok 401 |  ok   ok  ok   ok   ok | 404  404 404  404  404
    list_texts         401 401 |  ok   ok  ok   ok  403 | 404  404 404  404  403
    review_text        401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    create_quiz        401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    get_quiz           401 401 |  ok   ok  ok   ok  403 | 404  404 404  404  403
    update_quiz        401 401 |  ok   ok 403  403  403 | 404  404 403  403  403
    delete_quiz        401 401 |  ok   ok 403  403  403 | 404  404 403  403  403
    submit_answer      401 401 | 403  403 403  403   ok | 403  403 403  403  404
    get_leaderboard     ok 401 |  ok   ok  ok   ok   ok | 404  404 404  404  404
    read_clock         401 401 | 403  403 403  403   ok | 403  403 403  403  403
    set_accommodation  401 401 |  ok   ok 403  403  403 | 404  403 403  403  403
    ask_question       401 401 | 403  403 403  403   ok | 403  403 403  403  403
    update_question    401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    delete_question    401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    reply_to_question  401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    upvote_question    401 401 | 403  403 403  403   ok | 403  403 403  403  404
    retract_upvote     401 401 | 403  403 403  403   ok | 403  403 403  403  404
    send_reaction      401 401 | 403  403 403  403   ok | 403  403 403  403  403
    create_announcement 401 401 |  ok   ok  ok  403  403 | 404  403 403  403  403
    delete_announcement 401 401 |  ok   ok  ok  403  403 | 404  403 403  403  403
    merge_question     401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    unmerge_question   401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    ban_author         401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    unban_author       401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    ban_participant    401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    unban_participant  401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
    erase_participant  401 401 |  ok   ok  ok  403  403 | 404  404 404  403  403
"""
CREDENTIALS = ("none", "bad", *ROLES, *(f"other {role}" for role in ROLES))
EXPECTED = {
    operation: dict(zip(CREDENTIALS, outcomes, strict=True))
    for operation, *outcomes in (
        line.replace("|", " ").split() for line in TABLE.strip().splitlines()[1:]
    )
}
# No role is asked for: nobody's credential is needed, or none is looked at.
OPEN = {
    "get_live",
    "get_ready",
    "show_page",
    "get_page_asset",
    "show_docs",
    "get_docs_asset",
    "join_event",
    "get_changes",
    "get_results",
    "get_leaderboard",
}
CODES = {401: "not_authenticated", 403: "forbidden", 404: "not_found"}
WITH_BODY = [name for name, call in CALLS.items() if call.body is not None]


@pytest.fixture(scope="module")
async def stage(client: httpx.AsyncClient, organizer_key: str) -> Stage:
    """A stage for what changes nothing: the refused calls."""
    return await set_stage(Api(client, organizer_key))


@pytest.fixture(scope="module")
async def bad(stage: Stage) -> dict[str, str]:
    """The Authorization headers that nobody accepts."""
    return await bad_credentials(stage)


async def send(stage: Stage, operation: str, token: str | None, **changes: Any) -> httpx.Response:
    """Make the call of a line of the table."""
    if operation == "get_staff_changes":
        return await stage.call("get_changes", token, params={"audience": "staff"}, **changes)
    return await stage.call(operation, token, **changes)


def credential(stage: Stage, name: str) -> str | None:
    """Return a credential that is not the operation's business whether it was used up before."""
    return None if name == "none" else stage.tokens[name]


def refusals(operation: str) -> dict[str, int]:
    """Return the statuses of the credentials that are refused, but for the bad ones."""
    expected = EXPECTED[operation]
    return {
        name: int(expected[name]) for name in expected if expected[name] != "ok" and name != "bad"
    }


def test_table_calls_and_policy_know_every_endpoint() -> None:
    operations = {endpoint.__name__.rpartition(".")[2] for endpoint in ENDPOINTS}
    assert set(CALLS) == operations
    assert set(EXPECTED) == operations | {"get_staff_changes"}
    assert set(PERMISSIONS) == (operations - OPEN) | {"get_staff_changes"}


@pytest.mark.parametrize("operation", PERMISSIONS)
def test_the_policy_lets_in_whom_the_table_lets_in(operation: str) -> None:
    let_in = {role for role in ROLES if EXPECTED[operation][role] == "ok"}
    assert {role.value for role in PERMISSIONS[operation]} == let_in


@pytest.mark.parametrize("operation", EXPECTED)
async def test_who_may_not_is_refused_and_changes_nothing(operation: str, stage: Stage) -> None:
    before = await fingerprint()
    for name, status in refusals(operation).items():
        refused = await send(stage, operation, credential(stage, name))
        assert refused.status_code == status, (name, refused.text)
        check_problem(refused, status, CODES[status])
    assert await fingerprint() == before


@pytest.mark.parametrize("operation", EXPECTED)
async def test_a_bad_credential_is_refused_whatever_is_wrong_with_it(
    operation: str, stage: Stage, bad: dict[str, str]
) -> None:
    expected = EXPECTED[operation]["bad"]
    before = await fingerprint()
    stage = stage.elsewhere(client_elsewhere())
    for name, header in bad.items():
        answer = await send(
            stage, operation, None, headers={"Authorization": header.encode("latin-1")}
        )
        if expected == "ok":
            assert answer.status_code == CALLS[operation].status, (name, answer.text)
        else:
            assert answer.status_code == 401, (name, answer.text)
            check_problem(answer, 401, "not_authenticated")
    assert await fingerprint() == before


@pytest.mark.parametrize("operation", EXPECTED)
async def test_who_may_is_let_in(operation: str, api: Api) -> None:
    names = [name for name in CREDENTIALS if name != "bad" and EXPECTED[operation][name] == "ok"]
    stage = await set_stage(api)
    for name in names:
        if CALLS.get(operation, CALLS["get_changes"]).method == "DELETE":
            stage = await set_stage(api)
        let_in = await send(stage, operation, credential(stage, name))
        status = CALLS[operation].status if operation in CALLS else 200
        assert let_in.status_code == status, (name, let_in.text)


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("content", [b'{"', b'{"unknown": null}'])
async def test_the_credential_is_judged_before_the_body(
    operation: str, content: bytes, stage: Stage, bad: dict[str, str]
) -> None:
    changes: dict[str, Any] = {"json": None, "content": content}
    headers = {"Content-Type": "application/json"}
    for name, status in refusals(operation).items():
        token = credential(stage, name)
        credentials = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await send(stage, operation, None, headers=headers | credentials, **changes)
        assert answer.status_code == status, (name, answer.text)
    if EXPECTED[operation]["bad"] == "401":
        headers["Authorization"] = bad["another key"]
        check_problem(await send(stage, operation, None, headers=headers, **changes), 401)
    allowed = next(name for name in CREDENTIALS if EXPECTED[operation][name] == "ok")
    token = credential(stage, allowed)
    credentials = {"Authorization": f"Bearer {token}"} if token else {}
    check_problem(await send(stage, operation, None, headers=headers | credentials, **changes), 422)
