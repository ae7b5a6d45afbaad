"""Taking an announcement back: it is gone for everyone at once."""

from tests.announcements.test_create_announcement import announce, soon
from tests.support.api import Api, FeedReader
from tests.support.feed import publish_now
from tests.support.fresh import FreshReader
from tests.support.problems import check_problem
from tests.support.tables import query, tables_that_mention
from tests.support.waiting import until


async def test_a_deleted_announcement_is_gone_from_feeds_and_tables(api: Api) -> None:
    event = await api.make_event()
    announced = await announce(api, event, "Nevermind this announcement.")
    public, staff = FreshReader(api, event), FeedReader(api, event, api.organizer_key)
    for reader in (public, staff):
        await reader.poll()
    path = f"/v1/events/{event['id']}/announcements/{announced['id']}"

    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204

    for reader in (public, staff):
        (change,) = await reader.poll()
        assert (change["id"], change["data"]) == (announced["id"], None)
    assert await tables_that_mention("Nevermind this") == {}
    check_problem(await api.call("DELETE", path, api.organizer_key), 404, "not_found")


async def test_one_that_has_expired_can_be_deleted_too(api: Api) -> None:
    event = await api.make_event()
    announced = await announce(api, event, expires_at=soon(0.2))

    async def hidden() -> bool:
        await publish_now(event)
        sql = "SELECT shown FROM announcements WHERE id = :id"
        return await query(sql, id=announced["id"]) == [(False,)]

    await until(hidden)
    path = f"/v1/events/{event['id']}/announcements/{announced['id']}"
    assert (await api.call("DELETE", path, api.organizer_key)).status_code == 204


async def test_an_announcement_of_another_event_is_404_and_stays(api: Api) -> None:
    event, elsewhere = await api.make_event(), await api.make_event()
    announced = await announce(api, elsewhere)
    path = f"/v1/events/{event['id']}/announcements/{announced['id']}"
    check_problem(await api.call("DELETE", path, api.organizer_key), 404, "not_found")
    assert await query("SELECT 1 FROM announcements WHERE id = :id", id=announced["id"]) == [(1,)]
