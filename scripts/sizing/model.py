"""What an audience needs: requests a second, cores, tasks, database, functions. Plain arithmetic.

The figures of one core are those of docs/benchmarks.md, rounded down; a test compares them with what
`scripts/bench` measured last. They are planned to half of that: TLS, a slower core, another tenant, and
the time until more tasks have started.
"""

import math
from dataclasses import dataclass

from scripts.sizing.prices import BURSTABLE, DATABASE_VCPU

# Measured, on one core: requests a second (`votes_ratio_64`, `polls_ratio_busy`, `joins_per_s`).
VOTES_PER_CORE = 2_000
POLLS_PER_CORE = 10_000
JOINS_PER_CORE = 3_000
# Measured: what PostgreSQL needs for a vote in a full batch, s of a core (docs/performance.md).
DATABASE_S_PER_VOTE = 25e-6
PLANNED_SHARE = 0.5

VCPU_PER_TASK, GB_PER_TASK = 2, 4
# One for each zone.
LEAST_TASKS = 3
POOLS_PER_PROCESS, POOL_SIZE = 2, 5
# Caches of the CDN that ask for themselves, and cursors that an event's audience holds at a time.
CDN_CACHES, CURSORS = 12, 2
# The server's step of 2 s and the client's jitter, on average.
POLL_EVERY_S = 2.5
# Of an average answer to a poll, headers included: most are 304 or a few counts.
POLL_BYTES = 900
# Of a function that is warm: one request at a time, with a commit of its own.
FUNCTION_S_PER_VOTE = 0.03
FUNCTION_GB = 1.769


# What the tables of docs/operations.md are for.
AUDIENCES_OF_THE_PAPERS = (1_000, 10_000, 100_000)


@dataclass(frozen=True)
class Audience:
    """Who comes, and how suddenly."""

    attendees: int
    vote_within_s: float = 10.0
    join_within_s: float = 60.0
    cdn: bool = True


@dataclass(frozen=True)
class Needs:
    """Rates in requests a second; cores as planned, not as measured."""

    votes_per_s: float
    joins_per_s: float
    polls_per_s: float
    origin_polls_per_s: float
    server_cores: float
    tasks: int
    database_cores: float
    database_class: str
    database_connections: int
    function_concurrency: int


def needs_of(audience: Audience, *, pool_size: int = POOL_SIZE) -> Needs:
    """Return what the audience needs when everyone joins, votes and polls at the same time."""
    votes = audience.attendees / audience.vote_within_s
    joins = audience.attendees / audience.join_within_s
    polls = audience.attendees / POLL_EVERY_S
    # Each cache asks for each cursor once a second, however many wait for the answer.
    origin_polls = min(polls, CDN_CACHES * CURSORS) if audience.cdn else polls
    busy = votes / VOTES_PER_CORE + joins / JOINS_PER_CORE + origin_polls / POLLS_PER_CORE
    cores = busy / PLANNED_SHARE
    tasks = max(LEAST_TASKS, math.ceil(cores / VCPU_PER_TASK))
    database_cores = votes * DATABASE_S_PER_VOTE / PLANNED_SHARE
    return Needs(
        votes_per_s=votes,
        joins_per_s=joins,
        polls_per_s=polls,
        origin_polls_per_s=origin_polls,
        server_cores=cores,
        tasks=tasks,
        database_cores=database_cores,
        database_class=_database_class(database_cores),
        database_connections=tasks * VCPU_PER_TASK * POOLS_PER_PROCESS * pool_size,
        function_concurrency=math.ceil(votes * FUNCTION_S_PER_VOTE),
    )


def _database_class(cores: float) -> str:
    # A burstable class earns its credits between events. `--attendees` ends before the largest class does.
    if cores <= 0.2:
        return BURSTABLE
    return next(name for name, vcpus in DATABASE_VCPU.items() if vcpus >= cores)
