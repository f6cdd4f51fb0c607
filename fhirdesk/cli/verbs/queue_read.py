"""Verbs that look at the queue and change nothing: list, show, why, stats, causes, chain."""

from argparse import Namespace
from dataclasses import asdict

from fhirdesk.cli.output import DONE, opened, print_json, sentence, status_word
from fhirdesk.core.clock import iso
from fhirdesk.core.errors import NotFound
from fhirdesk.core.queue_entry import Attempt, Reason, Status
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_error, print_lines
from fhirdesk.core.views import Link, QueueQuery, QueueRow, ServerView
from fhirdesk.i18n.messages import render

PAGE = 500
View = dict[str, object]


def current_reason(reason: Reason, status: Status, server: ServerView) -> Reason:
    """Why an entry is not sent now: where only its turn is to come, the pause or the missing server is the reason."""
    if status is not Status.PENDING or reason.code != "why_due":
        return reason
    if server.link is Link.PAUSED:
        return server.reason or Reason("paused_by_hand")
    return Reason("why_no_server") if server.link is Link.UNSET else reason


def row_view(row: QueueRow, settings: Settings, server: ServerView) -> View:
    """A row of the queue as `--json` prints it."""
    reason = current_reason(row.reason, row.status, server)
    return {
        "entry": row.uuid,
        "type": row.type,
        "key": row.key,
        "operation": row.operation,
        "status": row.status.value,
        "priority": row.priority,
        "attempts": row.attempts,
        "next_try": iso(row.not_before) if row.status in (Status.PENDING, Status.UNKNOWN) else None,
        "reason": render(reason.code, reason.params, settings.lang),
        "logical_id": row.logical_id,
        "not_stored": list(row.not_stored),
    }


def line(view: View, settings: Settings) -> str:
    """A row of the queue as a line for people; it begins with the entry's id, which the other verbs take."""
    state = status_word(str(view["status"]), settings)
    return f"{view['entry']}  {state:<9}  {view['type']} {view['key']}  {view['reason']}"


async def list_(settings: Settings, options: Namespace) -> int:
    """Print the entries that match, the oldest first."""
    statuses = frozenset({Status(options.status)}) if options.status else frozenset()
    types = frozenset({options.type}) if options.type else frozenset()
    query = QueueQuery(statuses, types, options.search, newest_first=False)
    async with opened(settings) as desk:
        seqs, server = await desk.queue.find_ids(query), await desk.server.get_status()
        for start in range(0, len(seqs), PAGE):
            for row in await desk.queue.read_rows(seqs[start : start + PAGE]):
                view = row_view(row, settings, server)
                print_json(view) if options.json else print_lines(line(view, settings))
    return DONE


async def show(settings: Settings, options: Namespace) -> int:
    """Print one entry and its attempts."""
    async with opened(settings) as desk:
        details, server = await desk.queue.get_entry(options.id), await desk.server.get_status()
        seqs = [details.entry.seq]
        view = row_view((await desk.queue.read_rows(seqs))[0], settings, server)
    view["origin"] = details.entry.origin
    history = [attempt_view(a) for a in details.history]
    if options.json:
        print_json(view | {"history": history})
    else:
        print_lines(*[line(view, settings), *(text for a in history for text in attempt_lines(a))])
    return DONE


def attempt_lines(view: View) -> list[str]:
    """An attempt as lines for people: the attempt, then each issue that the server named."""
    ms, status, issues = view["ms"], view["status"], view["issues"]
    assert isinstance(issues, list), "attempt_view makes one"
    took = f"  {ms:.0f} ms" if isinstance(ms, float | int) else ""
    first = f"  {view['at']}  {view['phase']}" + (f"  HTTP {status}" if status else "") + took
    names = ("severity", "code", "expression", "details", "text")
    return [first, *("    " + "  ".join(str(i[n]) for n in names if i[n]) for i in issues)]


def attempt_view(attempt: Attempt) -> View:
    """An attempt as `--json` prints it, with the issues that the server named."""
    return {
        "at": iso(attempt.at),
        "phase": attempt.phase.value,
        "status": attempt.status,
        "issue": attempt.issue,
        "ms": attempt.ms,
        "request_id": attempt.request_id,
        "issues": [asdict(issue) for issue in attempt.issues],
    }


async def why(settings: Settings, options: Namespace) -> int:
    """Print in one sentence why an entry stands as it does, and the server's last answer in its own words."""
    async with opened(settings) as desk:
        details, server = await desk.queue.get_entry(options.id), await desk.server.get_status()
    reason = current_reason(details.why, details.entry.status, server)
    text, answer = str(sentence(reason, settings)), details.answer
    sentences = [i.text for i in answer.issues if i.text] if answer else []
    if options.json:
        print_json(
            {"entry": options.id, "reason": text, "http_status": answer.status if answer else None, "said": sentences}
        )
        return DONE
    print_lines(text)
    if answer:
        params = {"status": str(answer.status), "said": "".join(f"\n  {words}" for words in sentences)}
        print_lines(render("cli_answered", params, settings.lang))
    return DONE


async def stats(settings: Settings, options: Namespace) -> int:
    """Print how many entries stand in each state; notices about the queue go to standard error."""
    async with opened(settings) as desk:
        counts, notices = await desk.queue.count_by_status(), await desk.queue.find_notices()
    for notice in notices:
        print_error(str(sentence(notice, settings)))
    numbers = {s.value: counts[s] for s in Status}
    print_json(numbers) if options.json else print_lines(
        *(f"{n:>9,}  {status_word(s, settings)}" for s, n in numbers.items())
    )
    return DONE


async def causes(settings: Settings, options: Namespace) -> int:
    """Print what needs a person, grouped by cause, the most frequent first."""
    async with opened(settings) as desk:
        for group in await desk.queue.group_failures():
            statuses, text = sorted(s.value for s in group.statuses), sentence(group.shared, settings)
            if options.json:
                print_json({"count": group.count, "statuses": statuses, "code": group.reason.code, "reason": text})
            else:
                states = ", ".join(status_word(s, settings) for s in statuses)
                print_lines(f"{group.count:>9,}  {states}  {text}")
    return DONE


async def chain(settings: Settings, options: Namespace) -> int:
    """Print what of one patient is not on the server yet, in order, each with the entry that must go first. Raises
    NotFound where there is no such patient."""
    async with opened(settings) as desk:
        rows, server = await desk.queue.read_chain(options.key), await desk.server.get_status()
        if not rows and not await desk.records.get("patient", options.key):
            raise NotFound("no_such_record", type="patient", key=options.key)
    views = [row_view(each.row, settings, server) | {"blocked_by": each.blocked_by} for each in rows]
    names = {view["entry"]: f"{view['type']} {view['key']}" for view in views}
    for view in views:
        first = names.get(view["blocked_by"], view["blocked_by"])
        behind = "  " + render("cli_behind", {"entry": str(first)}, settings.lang) if first else ""
        print_json(view) if options.json else print_lines(line(view, settings) + behind)
    return DONE
