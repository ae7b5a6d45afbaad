"""After the show: what the deployment published, and what it says to each attendee of their own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.rehearsal.attendee import Attendee
from scripts.rehearsal.ballots import Moves, labels_of, moves_of, published_counts
from scripts.rehearsal.failures import NoAnswer
from scripts.rehearsal.hall import Hall, pause
from scripts.rehearsal.host import Host
from scripts.rehearsal.http_client import Client, Traffic
from scripts.rehearsal.recount import Ballot, Recount, recount, recount_reactions
from scripts.rehearsal.screen import Screen
from scripts.rehearsal.show import Show

_AT_ONCE = 32
_TRIES = 5


async def count_again(show: Show) -> list[Recount]:
    """Return every poll, the upvotes and the reactions, counted again from what was acknowledged."""
    writers = [each for each in show.attendees if each.choices or each.upvotes]
    own = await _ask_everyone(show.hall, writers)
    counted = []
    for number, poll in enumerate(show.polls):
        results = await show.host.call("GET", f"/v1/polls/{poll['id']}/results")
        ballots = [
            _ballot(attendee.choices[poll["id"]], mine and mine[0].get(poll["id"]), mine)
            for attendee, mine in zip(writers, own, strict=True)
            if poll["id"] in attendee.choices
        ]
        counted.append(
            recount(
                f"Poll {number + 1}: {poll['prompt']}",
                ballots,
                published_voters=results["voters"],
                published=published_counts(results),
                labels=labels_of(poll),
            )
        )
    shown = await _published(show.host, show.hall.event_id)
    return [*counted, _upvotes(shown, writers, own), _reactions(shown, show)]


# By type and id.
_Shown = Mapping[str, Mapping[str, Mapping[str, Any]]]
# An attendee's votes and upvotes as the deployment has them; None when it does not say.
_Own = tuple[dict[str, Moves], dict[str, Moves]] | None


def _ballot(choice: Any, own: Moves | None, mine: _Own) -> Ballot:
    return Ballot(choice, own, is_known=mine is not None)


def _reactions(shown: _Shown, show: Show) -> Recount:
    counts = [reactions["counts"] for reactions in shown.get("reactions", {}).values()]
    return recount_reactions("Reactions", show.hall.reactions, counts[0] if counts else {})


def _upvotes(shown: _Shown, writers: Sequence[Attendee], own: Sequence[_Own]) -> Recount:
    questions = shown.get("question", {})
    ballots = [
        _ballot(choice, mine and mine[1].get(question_id), mine)
        for attendee, mine in zip(writers, own, strict=True)
        for question_id, choice in attendee.upvotes.items()
    ]
    published = {question_id: question["upvotes"] for question_id, question in questions.items()}
    return recount(
        "Upvotes of all questions",
        ballots,
        published_voters=sum(published.values()),
        published=published,
        labels={question_id: question["body"] for question_id, question in questions.items()},
    )


async def _published(host: Host, event_id: str) -> _Shown:
    """Return a fresh snapshot of the public feed."""
    screen = Screen(event_id)
    shown: dict[str, dict[str, Mapping[str, Any]]] = {}
    while True:
        page = await host.call("GET", screen.path)
        for change in screen.apply(page, ""):
            shown.setdefault(change["type"], {})[change["id"]] = change["data"]
        if not page["more"]:
            return shown


async def _ask_everyone(hall: Hall, attendees: Sequence[Attendee]) -> Sequence[_Own]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ask(attendee: Attendee) -> _Own:
        async with turns:
            return await _own_votes(hall, attendee)

    return await asyncio.gather(*(ask(attendee) for attendee in attendees))


async def _own_votes(hall: Hall, attendee: Attendee) -> _Own:
    """Return one attendee's votes and upvotes as the deployment has them, None when it does not say."""
    # Beside the show: what is measured of the attendees has an end.
    client = Client(hall.origin, Traffic())
    headers = {"Authorization": f"Bearer {attendee.token}"}
    try:
        for _ in range(_TRIES):
            try:
                answer = await client.send("GET", f"/v1/events/{hall.event_id}/me", headers)
            except NoAnswer:
                await pause(None)
                continue
            if answer.status == 200:
                me = answer.json
                votes = {vote["poll_id"]: moves_of(vote["vote"]) for vote in me["votes"]}
                return votes, {question_id: {question_id: 1} for question_id in me["upvotes"]}
            await pause(answer)
        return None
    finally:
        client.close()
