"""Verbs that fill and send the queue: sync, sync-all, drain, pause, resume."""

import asyncio
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from fhirdesk.app.desk import Desk
from fhirdesk.cli.output import AWAY, DONE, INTERRUPTED, SOME_FAILED, ProgressBar, opened, print_json, sentence
from fhirdesk.cli.verbs.queue_actions import answered
from fhirdesk.core.errors import ConfigurationError, Refused
from fhirdesk.core.queue_entry import QueueEntry, Status
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_error, print_lines
from fhirdesk.core.views import DrainSummary
from fhirdesk.i18n.messages import render

UNITS = {"h": 3600, "d": 86400, "m": 60}
PAGE = 500


async def sync(settings: Settings, options: Namespace) -> int:
    """Queue one record; where another process sends, wait for what becomes of it."""
    async with opened(settings) as desk:
        entry = await desk.queue.sync(options.type, options.key, operation=options.operation, priority=options.priority)
        answers = await desk.queue.wait_for_answers([entry] if entry else [])
    return _print_queued([entry] if entry else [], 0, answers, settings, options)


async def sync_all(settings: Settings, options: Namespace) -> int:
    """Queue every record that changed since a time, unless its newest entry already says the same."""
    async with opened(settings) as desk:
        changed = await desk.records.find_changed(options.type, since(options.since, settings.time_zone))
        entries = [e for type_, key in changed if (e := await desk.queue.sync(type_, key, changed_only=True))]
    return _print_queued(entries, len(changed) - len(entries), None, settings, options)


def _print_queued(
    entries: Sequence[str],
    unchanged: int,
    answers: Sequence[QueueEntry] | None,
    settings: Settings,
    options: Namespace,
) -> int:
    """Print how many were queued and, where another process sends, what became of them. Returns the exit code."""
    outcomes = [{"entry": e.uuid, "status": e.status.value} for e in answers or ()]
    if options.json:
        print_json(
            {"queued": len(entries), "unchanged": unchanged, "entries": entries}
            | ({"answers": outcomes} if outcomes else {})
        )
    else:
        params = {"queued": str(len(entries)), "unchanged": str(unchanged)}
        print_lines(render("cli_queued", params, settings.lang))
    return answered(answers)


def since(text: str | None, time_zone: str) -> float | None:
    """`24h`, `7d`, or a date (with or without a time; without an offset in the clinic's zone), as epoch seconds."""
    if not text:
        return None
    if text[-1] in UNITS and text[:-1].isdigit():
        return time.time() - int(text[:-1]) * UNITS[text[-1]]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("since_wrong", value=text) from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(time_zone))).timestamp()


async def drain(settings: Settings, options: Namespace) -> int:
    """Send what is due and print a summary, also when it is interrupted."""
    if not settings.profile.url:
        raise ConfigurationError("no_server")
    async with opened(settings) as desk:
        if await desk.queue.is_sent_elsewhere():
            print_error(render("cli_elsewhere", {}, settings.lang))
        summary, interrupted = await _drain(desk, settings, options)
        code = INTERRUPTED if interrupted else exit_code(summary, await desk.server.is_paused())
    _print_summary(summary, interrupted, settings, options)
    return code


async def _drain(desk: Desk, settings: Settings, options: Namespace) -> tuple[DrainSummary, bool]:
    """The summary, and whether the drain was interrupted: then the answers in flight were still awaited."""
    bar, interrupted = ProgressBar(render("cli_bar_sent", {}, settings.lang)), False
    progress = asyncio.ensure_future(_show_progress(desk, bar))
    drain_options = {"until_empty": options.until_empty, "watch": options.watch}
    running = asyncio.ensure_future(desk.queue.drain(**drain_options, seconds=options.seconds, limit=options.limit))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        interrupted = True
        desk.queue.end_drain()
    finally:
        progress.cancel()
        bar.close()
    return await running, interrupted


def _print_summary(summary: DrainSummary, interrupted: bool, settings: Settings, options: Namespace) -> None:
    reason = sentence(summary.reason, settings)
    numbers = {name: value for name, value in asdict(summary).items() if name != "reason"}
    if options.json:
        print_json(numbers | {"reason": reason, "interrupted": interrupted})
        return
    print_lines(render("cli_drained", {name: str(value) for name, value in numbers.items()}, settings.lang))
    late = render("cli_out_of_time", {}, settings.lang) if summary.out_of_time else None
    for text in (reason, late, render("cli_interrupted", {}, settings.lang) if interrupted else None):
        if text:
            print_error(text)


async def _show_progress(desk: Desk, bar: ProgressBar) -> None:
    """Draw how many of the entries that were open are completed, until cancelled."""
    before = await desk.queue.count_by_status()
    while True:
        done = (await desk.queue.count_by_status())[Status.COMPLETED] - before[Status.COMPLETED]
        bar.show(max(0, done), before.unsent)  # less than before: old ones were pruned
        await asyncio.sleep(0.3)


def exit_code(summary: DrainSummary, paused: bool) -> int:
    """0 nothing open but what is not yet due, 1 a person is needed, 5 work is left: server away, or time up. What is
    held for a parent that is on its way is work that is left, too."""
    if paused or summary.failed or summary.conflict:
        return SOME_FAILED
    away = summary.reason is not None and summary.pending
    if away or summary.unknown or summary.out_of_time:
        return AWAY
    return SOME_FAILED if summary.held else DONE


async def pause(settings: Settings, options: Namespace) -> int:
    """Pause sending until `queue resume`."""
    async with opened(settings) as desk:
        await desk.queue.pause()
        unsent = (await desk.queue.count_by_status()).unsent
    params = {"server": settings.profile.name, "count": f"{unsent:,}"}
    print_json({"paused": True, "unsent": unsent}) if options.json else print_lines(
        render("cli_paused", params, settings.lang)
    )
    return DONE


async def resume(settings: Settings, options: Namespace) -> int:
    """End a pause; `--forget-ids`: the server was reset, and every record is looked up anew."""
    async with opened(settings) as desk:
        forgotten = await desk.queue.forget_ids() if options.forget_ids else 0
        await desk.queue.resume()
        unsent = (await desk.queue.count_by_status()).unsent
    if options.forget_ids:
        print_error(render("ids_forgotten", {"count": str(forgotten)}, settings.lang))
    params = {"server": settings.profile.name, "count": f"{unsent:,}"}
    document = {"paused": False, "unsent": unsent, "forgotten": forgotten}
    print_json(document) if options.json else print_lines(render("cli_resumed", params, settings.lang))
    return DONE
