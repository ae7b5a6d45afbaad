"""Revoking a member."""

from tests.support.api import Api, Json
from tests.support.problems import check_problem


async def add_host(api: Api, event: Json) -> Json:
    path = f"/v1/events/{event['id']}/members"
    body = {"role": "host", "name": "Ada"}
    member: Json = (await api.call("POST", path, api.organizer_key, body)).json()
    return member


async def test_a_revoked_token_is_refused_at_once_and_the_others_are_not(api: Api) -> None:
    event = await api.make_event()
    leaving, staying = await add_host(api, event), await add_host(api, event)
    path = f"/v1/events/{event['id']}"
    assert (await api.call("GET", path, leaving["token"])).status_code == 200

    member_path = f"{path}/members/{leaving['member_id']}"
    revoked = await api.call("DELETE", member_path, staying["token"])

    assert (revoked.status_code, revoked.content) == (204, b"")
    check_problem(await api.call("GET", path, leaving["token"]), 401, "not_authenticated")
    assert (await api.call("GET", path, staying["token"])).status_code == 200


async def test_a_host_may_revoke_itself(api: Api) -> None:
    event = await api.make_event()
    host = await add_host(api, event)
    path = f"/v1/events/{event['id']}/members/{host['member_id']}"

    assert (await api.call("DELETE", path, host["token"])).status_code == 204
    check_problem(await api.call("DELETE", path, host["token"]), 401)


async def test_a_member_who_is_not_there_is_404(api: Api) -> None:
    event, other = await api.make_event(), await api.make_event()
    host = await add_host(api, other)
    path = f"/v1/events/{event['id']}/members"
    other_path = f"/v1/events/{other['id']}/members/{host['member_id']}"

    of_another_event = f"{path}/{host['member_id']}"
    check_problem(await api.call("DELETE", of_another_event, api.organizer_key), 404, "not_found")
    assert (await api.call("DELETE", other_path, api.organizer_key)).status_code == 204
    check_problem(await api.call("DELETE", other_path, api.organizer_key), 404, "not_found")


async def test_what_a_revoked_member_wrote_stays(api: Api) -> None:
    event = await api.make_event()
    host = await add_host(api, event)
    question = await api.ask(await api.join(event), event, "Who answers?")
    path = f"/v1/questions/{question['id']}"
    await api.call("POST", f"{path}/replies", host["token"], {"body": "I do."})

    member_path = f"/v1/events/{event['id']}/members/{host['member_id']}"
    await api.call("DELETE", member_path, api.organizer_key)

    changed = await api.call("PATCH", path, api.organizer_key, {"status": "answered"})
    (reply,) = changed.json()["replies"]
    assert (reply["author_name"], reply["body"]) == ("Ada", "I do.")
