"""Erasing a question with its upvotes and replies."""

import pytest

from tests.support.api import Api, FeedReader
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.tables import tables_that_mention


@pytest.mark.parametrize("moderated", [False, True])
async def test_an_erased_question_is_gone_for_everyone(api: Api, moderated: bool) -> None:
    event = await api.make_event(question_moderation=moderated)
    author, voter = await api.join(event), await api.join(event)
    question = await api.ask(author, event, "May this be forgotten?")
    path = f"/v1/questions/{question['id']}"
    await api.call("PUT", f"{path}/upvote", voter.token)
    await api.call("POST", f"{path}/replies", api.organizer_key, {"body": "This too."})
    public, staff = FreshReader(api, event), FeedReader(api, event, api.organizer_key)
    for reader in (public, staff):
        await reader.poll()

    erased = await api.call("DELETE", path, api.organizer_key)

    assert (erased.status_code, erased.content) == (204, b"")
    for reader in (public, staff):
        await reader.poll()
        assert ("question", question["id"]) not in reader.state
    me = await api.call("GET", f"/v1/events/{event['id']}/me", author.token)
    assert me.json()["questions"] == []
    voted = await api.call("GET", f"/v1/events/{event['id']}/me", voter.token)
    assert voted.json()["upvotes"] == []
    left = await tables_that_mention(question["id"], "May this be forgotten?", "This too.")
    tables = {"feed_entries"} if moderated else {"feed_entries", "feed_history"}
    assert left == dict.fromkeys(tables, [question["id"]]), "its tombstones, and no more"


async def test_an_erased_question_is_404(api: Api) -> None:
    event = await api.make_event()
    author = await api.join(event)
    question = await api.ask(author, event, "Gone?")
    path = f"/v1/questions/{question['id']}"
    await api.call("DELETE", path, api.organizer_key)

    check_problem(await api.call("DELETE", path, api.organizer_key), 404, "not_found")
    check_problem(await api.call("PATCH", path, api.organizer_key, {"pinned": True}), 404)
    reply = {"body": "Anybody?"}
    check_problem(await api.call("POST", f"{path}/replies", api.organizer_key, reply), 404)
    for method in ("PUT", "DELETE"):
        check_problem(await api.call(method, f"{path}/upvote", author.token), 404, "not_found")
