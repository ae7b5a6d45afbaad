"""The tables of docs/operations.md, which a test holds to the model."""

from scripts.sizing.costs import event_hour, standing, total
from scripts.sizing.model import AUDIENCES_OF_THE_PAPERS as AUDIENCES
from scripts.sizing.model import Audience, needs_of


def capacity_table() -> str:
    """Return what the three audiences need."""
    rows = [
        "| attendees | votes/s | joins/s | polls/s | of them at the servers | cores | tasks "
        "| database | functions |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for attendees in AUDIENCES:
        needs = needs_of(Audience(attendees))
        rows.append(
            f"| {attendees:,} | {needs.votes_per_s:,.0f} | {needs.joins_per_s:,.0f} "
            f"| {needs.polls_per_s:,.0f} | {needs.origin_polls_per_s:,.0f} "
            f"| {needs.server_cores:.2f} | {needs.tasks} "
            f"| {needs.database_cores:.2f} cores, {needs.database_class} "
            f"| {needs.function_concurrency} |"
        )
    return "\n".join(rows)


def cost_table() -> str:
    """Return what the three audiences cost, with the arithmetic of each line."""
    rows = ["| attendees | line | USD | arithmetic |", "| --- | --- | --- | --- |"]
    for attendees in AUDIENCES:
        audience = Audience(attendees)
        needs = needs_of(audience)
        for title, lines in (
            ("**a month, without an event**", standing(needs)),
            ("**an hour of an event**", event_hour(audience, needs)),
        ):
            rows += [
                f"| {attendees:,} | {line.what} | {line.usd:,.2f} | {line.because} |"
                for line in lines
            ]
            rows.append(f"| {attendees:,} | {title} | **{total(lines):,.2f}** | |")
    return "\n".join(rows)
