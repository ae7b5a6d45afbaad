"""What AWS asks for, US dollars without tax, on demand: assumptions, to be checked before they are relied on.

Region eu-central-1 (Frankfurt), written from memory in November 2025 and never compared with AWS's list; no
free tier, no savings plan. https://calculator.aws has today's.
"""

from typing import Final

REGION: Final = "eu-central-1"
LIST_OF: Final = "from memory, November 2025: check the AWS calculator"

TASK_VCPU_HOUR: Final = 0.0466
TASK_GB_HOUR: Final = 0.0051
BALANCER_HOUR: Final = 0.027
BALANCER_UNIT_HOUR: Final = 0.008
ENDPOINT_ZONE_HOUR: Final = 0.012
PROXY_VCPU_HOUR: Final = 0.018
STORAGE_GB_MONTH: Final = 0.274
# Two zones: twice the price of one.
BURSTABLE: Final = "db.t4g.medium"
# By the class: its cores, and its price, which goes by them.
DATABASE_VCPU: Final = {
    "db.r8g.large": 2,
    "db.r8g.xlarge": 4,
    "db.r8g.2xlarge": 8,
    "db.r8g.4xlarge": 16,
    "db.r8g.8xlarge": 32,
    "db.r8g.16xlarge": 64,
    BURSTABLE: 2,
}
DATABASE_HOUR: Final = {
    **{name: round(0.29 * vcpus, 2) for name, vcpus in DATABASE_VCPU.items()},
    BURSTABLE: 0.152,
}

CDN_REQUESTS_10K: Final = 0.012
CDN_GB: Final = 0.085
FIREWALL_MONTH: Final = 10.0
FIREWALL_REQUESTS_1M: Final = 0.60
FUNCTION_REQUESTS_1M: Final = 0.20
FUNCTION_GB_S: Final = 0.0000166667
# Logs, metrics, alarms, secrets, keys, images: together, a month.
SMALL_THINGS_MONTH: Final = 60.0
