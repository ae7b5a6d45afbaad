"""What `scripts/rehearse` does when its environment is there."""

import asyncio
import resource
import signal
import sys
import time
from collections.abc import Sequence

import uvloop
from rich.console import Console

from scripts.rehearsal.counting import count_again
from scripts.rehearsal.failures import RehearsalFailed
from scripts.rehearsal.hall import Hall
from scripts.rehearsal.host import Deployment, Host
from scripts.rehearsal.join_pace import JoinPace
from scripts.rehearsal.json_report import as_json
from scripts.rehearsal.measurements import Measurements
from scripts.rehearsal.options import Options, parse_options
from scripts.rehearsal.origin import Origin, look_up
from scripts.rehearsal.outcome import Outcome
from scripts.rehearsal.page import write_page
from scripts.rehearsal.show import Plan, Show, plan_show
from scripts.rehearsal.summing_up import sum_up
from scripts.rehearsal.terminal import Terminal
from scripts.rehearsal.verdict import Verdict, judge
from scripts.rehearsal.visibility import Visibility

READY, NOT_READY, MISUSED, STOPPED = 0, 1, 2, 130
_SPARE_FILES = 64


def main(arguments: Sequence[str]) -> int:
    """Rehearse and report; return the exit status: 0 ready, 1 not ready, 2 misused, 130 stopped."""
    options = parse_options(arguments)
    terminal = Terminal(Console())
    if not _may_load(options):
        return MISUSED
    try:
        _allow_connections(options.attendees)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            outcome = runner.run(_rehearse(options, terminal))
        verdict = judge(outcome, options.limits)
        _write(options, outcome, verdict)
    except RehearsalFailed as failure:
        print(f"scripts/rehearse: {failure}", file=sys.stderr)
        return NOT_READY
    except asyncio.CancelledError:
        terminal.say("Stopped, so there is no verdict. Nothing of it is left there.")
        return STOPPED
    terminal.show_verdict(verdict)
    terminal.say(f"The report is in {options.html}.")
    return READY if verdict.is_ready else NOT_READY


def _may_load(options: Options) -> bool:
    """Tell whether whoever started it means it: load on somebody's server is no small matter."""
    if options.yes or options.target.is_loopback:
        return True
    question = (
        f"{options.attendees:,} attendees for {options.minutes:g} min against "
        f"{options.target.url}, in an event that is erased afterwards"
    )
    if not sys.stdin.isatty():
        print(f"scripts/rehearse: {question}: say --yes", file=sys.stderr)
        return False
    try:
        return input(f"{question}. Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _allow_connections(attendees: int) -> None:
    """Let this process open a connection for each attendee, as far as the system allows."""
    wanted = attendees + _SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted or soft == resource.RLIM_INFINITY:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise RehearsalFailed(
            f"this system lets a process open {hard:,} files, and {attendees:,} attendees need "
            f"{wanted:,}: fewer attendees, or a higher ulimit -n"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _rehearse(options: Options, terminal: Terminal) -> Outcome:
    _stop_on_signals(terminal)
    origin = await look_up(options.target)
    host = Host(origin, options.key)
    try:
        deployment = await host.look_around()
        plan = plan_show(options.attendees, options.minutes)
        terminal.say(
            f"Dress rehearsal of {options.target.url}: {plan.attendees:,} attendees, "
            f"{plan.rounds} polls, {options.minutes:g} min. Ctrl-C stops it and erases its event."
        )
        async with host.event() as event:
            hall = _open_hall(origin, event["id"], event["join_code"], plan)
            outcome = await _play(
                options,
                terminal,
                Show(hall, host, plan, deployment.offers_reactions, terminal.say),
                deployment,
            )
        terminal.say("The event is erased.")
        return outcome
    finally:
        host.close()


def _stop_on_signals(terminal: Terminal) -> None:
    """Let the first signal end the show, and none the erasing that follows it."""
    rehearsing = asyncio.current_task()
    assert rehearsing is not None
    stopping = False

    def stop() -> None:
        nonlocal stopping
        terminal.say("Erasing the event, a moment …" if stopping else "Stopping …")
        if not stopping:
            rehearsing.cancel()
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:  # nohup
            continue
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _open_hall(origin: Origin, event_id: str, join_code: str, plan: Plan) -> Hall:
    now = time.perf_counter()
    return Hall(
        origin=origin,
        event_id=event_id,
        join_code=join_code,
        measurements=Measurements(started_at=now, expected_s=plan.total_s),
        visibility=Visibility(plan.attendees),
        pace=JoinPace(plan.attendees / plan.arrival_s),
    )


async def _play(
    options: Options, terminal: Terminal, show: Show, deployment: Deployment
) -> Outcome:
    started = time.perf_counter()
    with terminal.live(show.hall):
        await show.run()
        took_s = time.perf_counter() - started
        for attendee in show.attendees:
            if attendee.watch is not None:
                show.hall.visibility.close(attendee.watch)
    terminal.say("Counting again what was acknowledged …")
    counted = await count_again(show)
    return sum_up(show, counted, minutes=options.minutes, version=deployment.version, took_s=took_s)


def _write(options: Options, outcome: Outcome, verdict: Verdict) -> None:
    try:
        write_page(options.html, outcome, verdict, options.limits)
        if options.json:
            options.json.write_text(as_json(outcome, verdict), encoding="utf-8")
    except OSError as error:
        raise RehearsalFailed(f"cannot write {error.filename}: {error.strerror}") from None
