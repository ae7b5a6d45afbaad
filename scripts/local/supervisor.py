"""Start everything in order, keep it running, stop it in reverse order."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack

from pydantic import ValidationError

from scripts.local.api import Api, Refused
from scripts.local.credentials import write_private
from scripts.local.data_directory import DataDirectory
from scripts.local.database import check_database, migrate, prepare_database
from scripts.local.demo import Demo, ensure_demo
from scripts.local.failures import StartFailed
from scripts.local.interruption import Interruption
from scripts.local.logs import keep_small, last_lines
from scripts.local.options import ROOT, Options
from scripts.local.patience import Patience
from scripts.local.postgresql import Cluster, start_cluster
from scripts.local.processes import wait_for
from scripts.local.ready_file import prepare_ready_file, write_ready_file
from scripts.local.server import Server, bind
from scripts.local.terminal import base_url, say, shared_url, show_links, step
from shared.secrets import SecretError, parse_signing_keys
from shared.settings import Settings

READY_TIMEOUT_S = 60.0
WATCH_EVERY_S = 0.2
ORGANIZER = "Local organizer"


def run(options: Options, interruption: Interruption) -> None:
    """Run the deployment until `Interrupted`; raise `StartFailed` when it cannot start or go on."""
    settings, workers = _settings(), _workers()
    started = time.monotonic()
    with ExitStack() as stack:
        home = DataDirectory(options.data_dir)
        stack.callback(home.release)
        prepare_ready_file(options.ready_file)
        listener = stack.enter_context(bind(options.host, options.port))
        port = listener.getsockname()[1]
        cluster, database_url = _start_postgresql(home, stack)
        environment = _environment(home, database_url)
        with step("Bringing the database up to date"):
            migrate(environment, home.server_log)
        server = Server(
            listener,
            environment,
            home.server_log,
            workers=workers,
            grace_s=settings.shutdown_grace_s,
        )
        stack.callback(server.stop, interruption.is_hurried)
        api = Api(base_url(options.host, port))
        with step("Starting the server"):
            server.start()
            _wait_until_ready(server, api, home)
        with step("Checking the organizer's API key"):
            organizer_key = _organizer_key(api, home, environment)
        demo = _demo(api, organizer_key, home) if options.demo else None
        write_ready_file(
            options.ready_file,
            base_url=base_url(options.host, port),
            organizer_key=organizer_key,
            environment=environment,
            demo=demo,
        )
        say(f"Ovation is ready, after {time.monotonic() - started:.1f} s.")
        show_links(options.host, shared_url(options.host, port), demo, home)
        _watch(server, cluster, home)


def _settings() -> Settings:
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(part) for part in wrong["loc"]).upper()
        raise StartFailed(f"the setting {name} does not fit: {wrong['msg']}") from None
    if settings.signing_keys:
        try:
            parse_signing_keys(settings.signing_keys, "SIGNING_KEYS")
        except SecretError as error:
            raise StartFailed(str(error)) from None
    return settings


def _workers() -> int:
    text = os.environ.get("WEB_CONCURRENCY", "1")
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise StartFailed(f"WEB_CONCURRENCY={text} is no number of processes between 1 and 64")
    return int(text)


def _start_postgresql(home: DataDirectory, stack: ExitStack) -> tuple[Cluster | None, str]:
    """Return our own server, which the stack will stop, and the database's address.

    No server when DATABASE_URL names somebody else's.
    """
    url = os.environ.get("DATABASE_URL")
    if url:
        check_database(url)
        return None, url
    with step("Starting PostgreSQL"):
        cluster = start_cluster(home.path)
        stack.callback(cluster.stop)
        return cluster, prepare_database(cluster, home.database_password())


def _environment(home: DataDirectory, database_url: str) -> dict[str, str]:
    """Return the environment of the server: ours, the database, and the keys."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "DATABASE_URL": database_url}
    if not os.environ.get("DATABASE_URL"):
        environment.pop("DATABASE_SECRET_ID", None)  # its password would win over the address
    if not (environment.get("SIGNING_KEYS") or environment.get("SIGNING_KEYS_SECRET_ID")):
        environment["SIGNING_KEYS"] = home.signing_keys()
    return environment


def _wait_until_ready(server: Server, api: Api, home: DataDirectory) -> None:
    answer = "no answer"

    def is_ready() -> bool:
        nonlocal answer
        if not server.is_whole():
            words = last_lines(home.server_log, 5)
            raise StartFailed(f"the server died at its start; its last words:\n{words}")
        try:
            api.call("GET", "/health/ready")
        except StartFailed as failure:
            answer = str(failure)
            return False
        return True

    if not wait_for(is_ready, READY_TIMEOUT_S, step_s=0.05):
        raise StartFailed(f"the server does not get ready: {answer} (see {home.server_log})")


def _organizer_key(api: Api, home: DataDirectory, environment: dict[str, str]) -> str:
    """Return the key of an earlier start if the database still knows it, else a new one."""
    if home.organizer_key_file.exists():
        key = home.organizer_key_file.read_text(encoding="utf-8").strip()
        try:
            api.call("GET", "/v1/events?limit=1", key)
            return key
        except Refused as refused:
            if refused.status != 401:
                raise
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "scripts.api_keys",
            "--organizer",
            ORGANIZER,
            "--name",
            "scripts/run",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        raise StartFailed(f"no API key could be made: {made.stderr.strip()}")
    key = made.stdout.strip()
    write_private(home.organizer_key_file, f"{key}\n")
    return key


def _demo(api: Api, organizer_key: str, home: DataDirectory) -> Demo:
    with step("Preparing the demo event"):
        return ensure_demo(api, organizer_key, home.demo_file)


def _watch(server: Server, cluster: Cluster | None, home: DataDirectory) -> None:
    """Start again what dies, until we are interrupted."""
    patience = Patience()
    while True:
        time.sleep(WATCH_EVERY_S)
        if cluster and not cluster.is_running():
            _revive(cluster, patience)
        if server.revive():
            say("The server had died and was started again.")
        keep_small(home.server_log)


def _revive(cluster: Cluster, patience: Patience) -> None:
    patience.note_death()
    while True:
        if patience.is_over():
            raise StartFailed(f"PostgreSQL dies whenever it is started (see {cluster.log})")
        wait_for(patience.may_start, timeout_s=60)
        patience.note_start()
        try:
            cluster.start()
        except StartFailed as failure:
            say(f"{failure}; trying again.")
            patience.note_death()
            continue
        say("PostgreSQL had died and was started again.")
        return
