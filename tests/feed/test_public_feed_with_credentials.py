"""The public feed is the same for whoever asks, and refuses a credential that is none."""

from tests.support.api import Api
from tests.support.bad_credentials import bad_credentials
from tests.support.problems import check_problem
from tests.support.stage import set_stage


async def test_a_participant_gets_the_bytes_and_headers_that_everyone_gets(api: Api) -> None:
    event = await api.make_event()
    await api.make_poll(event)
    path = f"/v1/events/{event['id']}/changes"
    anonymous = await api.call("GET", path)
    person = await api.join(event)
    for own in (
        await api.call("GET", path, person.token),
        await api.call("GET", path, person.token, headers={"Cookie": "a=b"}),
        await api.call("GET", path, headers={"Range": "bytes=0-9"}),
    ):
        assert own.content == anonymous.content
        assert own.headers["ETag"] == anonymous.headers["ETag"]
        assert own.headers["Cache-Control"] == anonymous.headers["Cache-Control"]
    tag = {"If-None-Match": anonymous.headers["ETag"]}
    assert (await api.call("GET", path, person.token, headers=tag)).status_code == 304


async def test_a_credential_that_is_none_is_refused_although_none_is_needed(api: Api) -> None:
    stage = await set_stage(api)
    path = f"/v1/events/{stage.event['id']}/changes"
    assert (await api.call("GET", path)).status_code == 200
    for name, credential in (await bad_credentials(stage)).items():
        if credential:
            headers = {"Authorization": credential.encode("latin-1")}
            refused = await api.call("GET", path, headers=headers)
            check_problem(refused, 401, "not_authenticated")
            assert refused.headers["Cache-Control"] == "no-store", name


async def test_a_participant_is_not_let_into_the_staffs_feed(api: Api) -> None:
    event = await api.make_event()
    person = await api.join(event)
    path = f"/v1/events/{event['id']}/changes?audience=staff"
    check_problem(await api.call("GET", path, person.token), 403, "forbidden")
