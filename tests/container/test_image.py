"""What is in the image, and how its server behaves without a database."""

import os
from collections.abc import Iterator

import pytest

from tests.support.terraform import TLS, server_command
from tests.container.containers import (
    Container,
    docker,
    image_under_test,
    run_once,
    serve,
    wait_until,
)

pytestmark = pytest.mark.container
MAX_IMAGE_BYTES = 250_000_000
# Port 1 of the loopback: nobody listens.
NOWHERE = "postgresql://nobody:nothing@127.0.0.1:1/nowhere"


@pytest.fixture(scope="module")
def image() -> str:
    """The name of the image."""
    return image_under_test()


@pytest.fixture(scope="module")
def without_database(image: str) -> Iterator[Container]:
    """A server whose database is away."""
    settings = {"DATABASE_URL": NOWHERE, "SIGNING_KEYS": os.environ["SIGNING_KEYS"]}
    with serve(image, settings) as container:
        yield container


def test_the_image_is_small(image: str) -> None:
    size = int(docker("image", "inspect", "--format={{.Size}}", image).stdout)
    assert size < MAX_IMAGE_BYTES


def test_the_image_runs_as_an_ordinary_user_and_has_no_installer(image: str) -> None:
    assert run_once(image, "id", "-u").stdout.strip() == "10001"
    assert run_once(image, "python", "-m", "pip", "--version", check=False).returncode != 0


def test_the_image_holds_only_what_runs(image: str) -> None:
    assert sorted(run_once(image, "ls", "/app").stdout.split()) == [
        "handlers",
        "migrations",
        "scripts",
        "shared",
        "web",
    ]
    unreadable = run_once(image, "find", "/app", "/opt/venv", "!", "-readable").stdout
    assert unreadable == ""


def test_every_module_was_compiled_when_the_image_was_built(image: str) -> None:
    program = (
        "import importlib.util, pathlib, sys\n"
        "for root in ('/app', '/opt/venv/lib'):\n"
        "    for source in pathlib.Path(root).rglob('*.py'):\n"
        "        if not pathlib.Path(importlib.util.cache_from_source(source)).exists():\n"
        "            print(source)\n"
    )
    assert run_once(image, "python", "-c", program).stdout == ""


def test_a_lambda_finds_its_handler_and_leaves_the_rest_alone(image: str) -> None:
    program = (
        "import sys, handlers.polls.cast_vote as module, awslambdaric.bootstrap\n"
        "assert callable(module.handler)\n"
        "assert 'handlers.app' not in sys.modules\n"
    )
    assert run_once(image, "python", "-c", program).returncode == 0


def test_the_aws_services_that_the_code_calls_were_kept(image: str) -> None:
    called = ["secretsmanager", "ssm", "elbv2", "ecs", "cloudwatch", "sts"]
    program = f"import boto3\nfor name in {called}: boto3.client(name, region_name='eu-west-1')"
    assert run_once(image, "python", "-c", program).returncode == 0


def test_the_server_is_live_and_healthy_without_a_database(without_database: Container) -> None:
    assert without_database.get("/health/live").json()["status"] == "ok"

    def healthy() -> bool:
        health = without_database.state()["Health"]
        assert isinstance(health, dict)
        return bool(health["Status"] == "healthy")

    wait_until(healthy, seconds=30)


def test_the_server_is_healthy_behind_a_certificate_that_it_made_as_on_aws(image: str) -> None:
    command = server_command()
    settings = {"DATABASE_URL": NOWHERE, "SIGNING_KEYS": os.environ["SIGNING_KEYS"], **TLS}
    with serve(image, settings, options=["--entrypoint=sh"], command=["-c", command]) as container:
        health = container.get("/health/live")
        assert health.status_code == 200
        script = ("python3", "-I", "-S", "/app/scripts/check_liveness.py")
        docker("exec", container.id, *script)
        owner = "import os; print(oct(os.stat('/tmp/tls.key').st_mode & 0o777))"
        assert container.run("python", "-c", owner).strip() == "0o600"


def test_the_health_check_fails_when_nothing_listens(image: str) -> None:
    command = ("python3", "-I", "-S", "/app/scripts/check_liveness.py")
    done = run_once(image, *command, environment={"UVICORN_PORT": "1"}, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_server_is_not_ready_without_a_database(without_database: Container) -> None:
    answer = without_database.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["checks"]["database"] == "failed"


def test_nothing_can_be_written_but_temporary_files(without_database: Container) -> None:
    program = (
        "import pathlib\n"
        "pathlib.Path('/tmp/file').write_text('')\n"
        "for place in ('/app', '/opt/venv', '/var/tmp', '/home'):\n"
        "    try:\n"
        "        pathlib.Path(place, 'file').write_text('')\n"
        "    except OSError:\n"
        "        continue\n"
        "    print(place)\n"
    )
    assert without_database.run("python", "-c", program) == ""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_signal_ends_the_server_cleanly_and_soon(image: str, workers: str) -> None:
    settings = {"DATABASE_URL": NOWHERE, "SIGNING_KEYS": os.environ["SIGNING_KEYS"]}
    with serve(image, {**settings, "WEB_CONCURRENCY": workers}) as container:
        docker("kill", "--signal=TERM", container.id)
        wait_until(lambda: not container.state()["Running"], seconds=10)
        assert container.state()["ExitCode"] == 0, container.logs()
        assert container.state()["OOMKilled"] is False


def test_a_server_without_signing_keys_does_not_start_and_says_why(image: str) -> None:
    done = run_once(image, environment={"DATABASE_URL": NOWHERE, "UVICORN_PORT": "0"}, check=False)
    assert done.returncode != 0
    assert "SIGNING_KEYS" in done.stdout + done.stderr
