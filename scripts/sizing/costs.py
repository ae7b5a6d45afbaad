"""What a deployment costs: what runs all month, and what an hour of an event adds."""

from dataclasses import dataclass

from scripts.sizing import prices
from scripts.sizing.model import (
    FUNCTION_GB,
    FUNCTION_S_PER_VOTE,
    GB_PER_TASK,
    LEAST_TASKS,
    POLL_BYTES,
    VCPU_PER_TASK,
    Audience,
    Needs,
)

HOURS = 730
ZONES, ENDPOINTS = 3, 4
STORAGE_GB = 100
VOTES_AN_HOUR = 20


@dataclass(frozen=True)
class Line:
    """One row of the bill, with the arithmetic that led to it."""

    what: str
    usd: float
    because: str


def standing(needs: Needs) -> list[Line]:
    """Return what a month costs without any event; the database is the event's, all month."""
    hourly = prices.DATABASE_HOUR[needs.database_class]
    vcpus = prices.DATABASE_VCPU[needs.database_class]
    task = task_hour()
    endpoints = ENDPOINTS * ZONES
    return [
        Line("tasks", LEAST_TASKS * task * HOURS, f"{LEAST_TASKS} × {task:.4f} × {HOURS} h"),
        Line("database", hourly * HOURS, f"{needs.database_class}: {hourly} × {HOURS} h"),
        Line(
            "storage",
            STORAGE_GB * prices.STORAGE_GB_MONTH,
            f"{STORAGE_GB} GB × {prices.STORAGE_GB_MONTH}",
        ),
        Line(
            "proxy",
            vcpus * prices.PROXY_VCPU_HOUR * HOURS,
            f"{vcpus} × {prices.PROXY_VCPU_HOUR} × {HOURS} h",
        ),
        Line(
            "balancer",
            (prices.BALANCER_HOUR + prices.BALANCER_UNIT_HOUR) * HOURS,
            f"({prices.BALANCER_HOUR} + {prices.BALANCER_UNIT_HOUR}) × {HOURS} h",
        ),
        Line(
            "endpoints",
            endpoints * prices.ENDPOINT_ZONE_HOUR * HOURS,
            f"{ENDPOINTS} × {ZONES} zones × {prices.ENDPOINT_ZONE_HOUR} × {HOURS} h",
        ),
        Line("firewall", prices.FIREWALL_MONTH, "one list, five rules"),
        Line("small things", prices.SMALL_THINGS_MONTH, "logs, metrics, alarms, keys, images"),
    ]


def event_hour(audience: Audience, needs: Needs) -> list[Line]:
    """Return what one hour of an event adds; everyone polls all of it and votes 20 times."""
    writes = audience.attendees * (VOTES_AN_HOUR + 1)
    requests = needs.polls_per_s * 3600 + writes
    gigabytes = requests * POLL_BYTES / 1e9
    more, task = needs.tasks - LEAST_TASKS, task_hour()
    # Half of the writes find the functions, which is more than a spike moves.
    calls = writes / 2
    spent = calls * FUNCTION_S_PER_VOTE * FUNCTION_GB * prices.FUNCTION_GB_S
    return [
        Line(
            "CDN, requests",
            requests / 1e4 * prices.CDN_REQUESTS_10K,
            f"{requests / 1e6:,.2f} M × {prices.CDN_REQUESTS_10K} / 10,000",
        ),
        Line("CDN, bytes", gigabytes * prices.CDN_GB, f"{gigabytes:,.1f} GB × {prices.CDN_GB}"),
        Line(
            "firewall",
            requests / 1e6 * prices.FIREWALL_REQUESTS_1M,
            f"{requests / 1e6:,.2f} M × {prices.FIREWALL_REQUESTS_1M} / M",
        ),
        Line("more tasks", more * task, f"{more} × {task:.4f}"),
        Line(
            "functions",
            calls / 1e6 * prices.FUNCTION_REQUESTS_1M + spent,
            f"{calls / 1e6:,.3f} M × ({prices.FUNCTION_REQUESTS_1M} / M"
            f" + {FUNCTION_S_PER_VOTE} s × {FUNCTION_GB} GB"
            f" × {prices.FUNCTION_GB_S * 1e6:.4f} / M)",
        ),
    ]


def task_hour() -> float:
    """Return what a task costs for an hour."""
    return VCPU_PER_TASK * prices.TASK_VCPU_HOUR + GB_PER_TASK * prices.TASK_GB_HOUR


def total(lines: list[Line]) -> float:
    """Return the sum."""
    return sum(line.usd for line in lines)
