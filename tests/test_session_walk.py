"""The whole of a real session, from an empty event to final results."""

import asyncio

from tests.support.api import Api, FeedReader


async def test_a_session_ends_with_the_exact_result(api: Api) -> None:
    event = await api.make_event()
    voters = [await api.join(event, f"Voter {number}") for number in range(50)]
    poll = await api.make_poll(event)
    reader = FeedReader(api, event)
    await reader.poll()

    receipts = await asyncio.gather(
        *(api.vote(voter, poll, number % 3) for number, voter in enumerate(voters))
    )
    assert {receipt.status_code for receipt in receipts} == {200}
    for voter in voters[:10]:
        assert (await api.vote(voter, poll, 2)).status_code == 200
    for voter in voters[10:20]:
        repeated = await api.vote(voter, poll, voters.index(voter) % 3)
        assert repeated.json() == receipts[voters.index(voter)].json()

    await api.change_poll(poll, status="closed")
    late = await api.vote(voters[0], poll, 0)
    assert (late.status_code, late.json()["code"]) == (409, "poll_closed")

    results = await api.results(poll)
    expected = [0, 0, 0]
    for number in range(50):
        expected[2 if number < 10 else number % 3] += 1
    assert [tally["votes"] for tally in results["tallies"]] == expected
    assert (results["voters"], results["final"]) == (50, True)

    await reader.poll()
    fresh = FeedReader(api, event)
    await fresh.poll()
    assert reader.state == fresh.state
    assert reader.state["poll_results", poll["id"]]["voters"] == 50
