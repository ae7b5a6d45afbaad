"""The small parts of a local deployment: its directory, its logs, its patience, its links."""

import json
import os
import signal
from pathlib import Path

import pytest

from scripts.local import logs, ports, terminal
from scripts.local.credentials import read_or_create, write_private
from scripts.local.data_directory import DataDirectory
from scripts.local.demo import Demo
from scripts.local.failures import PortTaken, StartFailed
from scripts.local.interruption import Interrupted, Interruption
from scripts.local.options import ROOT, parse_options
from scripts.local.patience import SHORT_LIFE_S, SHORT_LIVES, Patience
from scripts.local.server import bind


def test_a_new_data_directory_is_for_its_owner_only_and_keeps_its_keys(tmp_path: Path) -> None:
    home = DataDirectory(tmp_path / "a" / "b")
    assert home.path.stat().st_mode & 0o777 == 0o700
    keys, password = home.signing_keys(), home.database_password()
    assert len(json.loads(keys)["keys"]["k1"]) == 44  # 32 bytes in base64
    for name in ("signing-keys.json", "database.password"):
        assert (home.path / name).stat().st_mode & 0o777 == 0o600
    home.release()
    again = DataDirectory(home.path)
    assert (again.signing_keys(), again.database_password()) == (keys, password)
    again.release()


def test_a_data_directory_has_one_owner_at_a_time(tmp_path: Path) -> None:
    home = DataDirectory(tmp_path)
    with pytest.raises(StartFailed, match=f"process {os.getpid()}"):
        DataDirectory(tmp_path)
    home.release()
    DataDirectory(tmp_path).release()


@pytest.mark.parametrize(
    "content", ["directory", "PG_VERSION", "another format", "garbage", "not text"]
)
def test_a_directory_with_other_contents_is_left_alone(tmp_path: Path, content: str) -> None:
    if content == "directory":
        (tmp_path / "photos").mkdir()
    elif content == "PG_VERSION":
        (tmp_path / content).write_text("18\n")
    else:
        marker = {"another format": b'{"format": 99}', "garbage": b"{", "not text": b"\xff"}[
            content
        ]
        (tmp_path / "ovation.json").write_bytes(marker)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StartFailed, match="no data directory"):
        DataDirectory(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_directory_with_a_log_of_the_caller_is_taken(tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text("")
    DataDirectory(tmp_path).release()


def test_a_file_in_place_of_the_data_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StartFailed, match=f"cannot use the data directory {path}: "):
            DataDirectory(path)


def test_a_private_file_is_whole_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_private(tmp_path / "key", "\ud800")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "key").write_text("\n")  # as a full disk leaves it
    assert read_or_create(tmp_path / "key", lambda: "new") == "new"
    assert read_or_create(tmp_path / "key", lambda: "newer") == "new"


def test_a_process_is_restarted_at_once_later_and_finally_never() -> None:
    now = 0.0
    patience = Patience(lambda: now)
    now += SHORT_LIFE_S
    patience.note_death()
    assert patience.may_start()  # it had lived
    pauses = []
    for _ in range(SHORT_LIVES):
        assert not patience.is_over()
        patience.note_start()
        patience.note_death()
        begun = now
        while not patience.may_start():
            now += 0.1
        pauses.append(now - begun)
    assert pauses[:4] == pytest.approx([0.2, 0.4, 0.8, 1.6], abs=0.15)
    assert pauses[4:] == pytest.approx([3.0] * (SHORT_LIVES - 4), abs=0.15)
    assert patience.is_over()
    patience.note_start()
    now += SHORT_LIFE_S
    patience.note_death()
    assert not patience.is_over()


def test_the_last_lines_of_a_log_are_without_frames_and_of_a_missing_one_nothing(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    assert logs.last_lines(log, 3) == "nothing"
    log.write_text('one\n\ntwo\nTraceback (most recent call last):\n  File "x"\nValueError: no\n')
    assert logs.last_lines(log, 2) == "two\nValueError: no"


def test_a_log_that_grew_too_large_is_cut_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    logs.keep_small(log)  # not there yet
    with open(log, "ab", buffering=0) as writer:
        writer.write(b"x" * 100)
        logs.keep_small(log, limit_bytes=100)
        assert log.stat().st_size == 100
        logs.keep_small(log, limit_bytes=99)
        writer.write(b"more")
    assert log.read_bytes() == b"more"
    assert (tmp_path / "log.1").stat().st_size == 100


def test_the_options_have_the_defaults_of_the_manual_and_absolute_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = parse_options([])
    assert (options.host, options.port, options.demo) == ("127.0.0.1", 8000, True)
    assert (options.data_dir, options.ready_file) == (ROOT / ".data", None)
    options = parse_options(["--data-dir", "d", "--ready-file", "r", "--no-demo", "--port", "0"])
    assert (options.data_dir, options.ready_file) == (tmp_path / "d", tmp_path / "r")
    assert (options.demo, options.port) == (False, 0)


@pytest.mark.parametrize("port", ["eighty", "-1", "65536"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_options(["--port", port])
    assert refused.value.code == 2
    assert port in capsys.readouterr().err


def test_a_listener_has_its_port_to_itself() -> None:
    with bind("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(PortTaken, match=f"port {port} is in use"):
            bind("127.0.0.1", port)
    with pytest.raises(StartFailed, match="192.0.2.1"):
        bind("192.0.2.1", 0)
    with pytest.raises(StartFailed, match="no.such.host.invalid"):
        bind("no.such.host.invalid", 0)


def test_free_ports_are_none_that_outgoing_connections_get() -> None:
    assert all(20_000 <= ports.free_port() < 30_000 for _ in range(20))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("192.168.1.5", "http://192.168.1.5:8000"),
    ],
)
def test_the_machine_reaches_the_server_itself_at_this_address(host: str, url: str) -> None:
    assert terminal.base_url(host, 8000) == url


def test_the_links_are_printed_with_a_qr_code_only_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, demo = DataDirectory(tmp_path), Demo("event", "ABC234", "ovm_token")
    terminal.show_links("127.0.0.1", "http://127.0.0.1:8000", demo, home)
    plain = capsys.readouterr().out
    assert "http://127.0.0.1:8000/?code=ABC234" in plain
    assert "http://127.0.0.1:8000/#host=event:ovm_token" in plain
    assert "--host 0.0.0.0" in plain
    assert "█" not in plain
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    terminal.show_links("0.0.0.0", "http://192.168.1.5:8000", demo, home)
    shown = capsys.readouterr().out
    assert "█" in shown
    assert "--host 0.0.0.0" not in shown
    home.release()


def test_the_address_to_hand_out_is_not_any_address() -> None:
    assert "0.0.0.0" not in terminal.shared_url("0.0.0.0", 8000)
    assert terminal.shared_url("10.0.0.7", 8000) == "http://10.0.0.7:8000"


def test_the_first_signal_interrupts_and_the_second_hurries() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        interruption = Interruption()
        with pytest.raises(Interrupted):
            signal.raise_signal(signal.SIGTERM)
        assert not interruption.is_hurried()
        signal.raise_signal(signal.SIGINT)
        assert interruption.is_hurried()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
