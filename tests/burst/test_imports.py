"""A cold start loads what its one endpoint needs, and nothing else."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.application import ROOT
from tests.support.functions import FUNCTIONS

# What the answers of a burst endpoint do not need: SDK, server, sessions with their tables, the rest.
UNWANTED = {
    "boto3",
    "botocore.session",
    "uvicorn",
    "uvloop",
    "alembic",
    "sqlalchemy",
    "pydantic.v1",
    "handlers.app",
    "shared.http.direct_routes",
}


def printed_by(program: str) -> str:
    environment = {
        **os.environ,
        "AWS_LAMBDA_FUNCTION_NAME": "ovation",
        "DATABASE_URL": "postgresql://ovation@127.0.0.1/ovation",
    }
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("module", FUNCTIONS.values())
def test_a_function_loads_neither_the_sdk_nor_another_endpoint(module: str) -> None:
    program = (
        f"import json, sys, {module};"
        "print(json.dumps([name for name, loaded in sys.modules.items() if loaded]))"
    )
    loaded = set(json.loads(printed_by(program)))
    assert loaded & UNWANTED == set()
    package = module.rpartition(".")[0]
    handlers = {name for name in loaded if name.split(".")[0] == "handlers"}
    assert handlers == {"handlers", package, module}
    # It is warm: what the first request needs was loaded with it.
    assert {"mangum", "shared.http.app"} <= loaded


def test_a_function_that_publishes_loads_every_table_that_its_tables_refer_to() -> None:
    # Otherwise the first row that the ORM writes fails, and only in Lambda.
    program = (
        "import handlers.feed.get_changes, shared.tick; from shared.db.base import Base;"
        "print(len([key.column for table in Base.metadata.tables.values()"
        " for key in table.foreign_keys]))"
    )
    assert int(printed_by(program)) > 0


@pytest.mark.parametrize("module", FUNCTIONS.values())
def test_a_function_collects_no_garbage_while_it_loads_and_then_it_does(module: str) -> None:
    program = (
        "import gc; times = []; gc.callbacks.append(lambda phase, info: times.append(info));"
        f"import {module};"
        # However much was loaded, collections look at next to nothing of it.
        "print(len(times) < 5, gc.isenabled(), gc.get_freeze_count() > 100 * len(gc.get_objects()))"
    )
    assert printed_by(program).split() == ["True"] * 3
