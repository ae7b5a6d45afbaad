"""What is killed amid a burst, for what has to survive all of it."""

from collections.abc import Callable

import pytest

from tests.crash.deployment import WORKERS, Deployment

Strike = Callable[[Deployment], object]

each_strike = pytest.mark.parametrize(
    "strike",
    [
        lambda deployment: [deployment.kill_worker(number) for number in range(WORKERS)],
        Deployment.restart_database,
        Deployment.drop_connections,
    ],
    ids=["killed processes", "a killed database", "dropped connections"],
)
