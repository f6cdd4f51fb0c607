"""Verbs that change the queue: retry, cancel, discard, hold, release, edit, resolve."""

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence

from fhirdesk.app.desk import Desk
from fhirdesk.cli.output import AWAY, DONE, SOME_FAILED, USAGE, opened, print_json, side_text, status_word
from fhirdesk.core.errors import InvalidInput, Refused
from fhirdesk.core.queue_entry import QueueEntry, Reason, Status
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import ask, print_error, print_lines
from fhirdesk.core.views import Choices, QueueQuery, Side
from fhirdesk.i18n.messages import render

PAGE = 500
NEEDS_A_PERSON = (Status.FAILED, Status.CONFLICT, Status.HELD)
CHOOSE_AGAIN = ("resolve_open", "resolve_not_both")
GONE_OUT = (Status.COMPLETED, Status.SUPERSEDED)


async def many(settings: Settings, options: Namespace) -> int:
    """Retry, cancel, discard, hold or release entries, by id or all that match."""
    async with opened(settings) as desk:
        if not options.ids and not _states(options):
            print_error(render("name_entries", {}, settings.lang))
            return USAGE
        chosen = await _choose(desk, options)
        if len(chosen) > 1 and not options.yes and not _is_confirmed(len(chosen), settings):
            return USAGE
        changed, sentence = await _act(desk, options, chosen)
        answers = await desk.queue.wait_for_answers(chosen) if options.deed == "retry" and changed else None
    print_json({options.deed: changed}) if options.json else print_lines(
        render(sentence.code, sentence.params, settings.lang)
    )
    if not changed and options.ids:
        print_error(render("nothing_changed", {}, settings.lang))
        return USAGE
    if changed < len(chosen) and options.ids:
        print_error(render("some_stay", {"count": f"{len(chosen) - changed:,}"}, settings.lang))
        return max(SOME_FAILED, answered(answers))
    return answered(answers)


async def _act(desk: Desk, options: Namespace, chosen: Sequence[str]) -> tuple[int, Reason]:
    """Act on the entries. Returns how many were changed, and a sentence about it."""
    if options.deed == "retry":
        retried = await desk.queue.retry(chosen)
        return retried.count, retried.describe("done_retry", "{:,}".format)
    changed = await desk.queue.change(options.deed, chosen, options.reason)
    return changed, Reason(f"done_{options.deed}", {"count": f"{changed:,}"})


async def _choose(desk: Desk, options: Namespace) -> list[str]:
    """The uuids of the entries that are named, or of all that match. Raises NotFound for a name without an entry."""
    if options.ids:
        return [(await desk.queue.get_entry(uuid)).entry.uuid for uuid in options.ids]
    states, types = frozenset(_states(options)), frozenset({options.type} if options.type else ())
    seqs = await desk.queue.find_ids(QueueQuery(states, types, options.search, newest_first=False))
    parts = [seqs[start : start + PAGE] for start in range(0, len(seqs), PAGE)]
    return [row.uuid for part in parts for row in await desk.queue.read_rows(part)]


def _states(options: Namespace) -> set[Status]:
    """The states whose entries match: the one that is named; for `retry` with a type or a search the failed ones."""
    if options.status:
        return {Status(options.status)}
    return {Status.FAILED} if options.deed == "retry" and (options.type or options.search) else set()


def _is_confirmed(count: int, settings: Settings) -> bool:
    """Whether a person confirmed by typing the count. A script, which nobody can ask, needs `--yes`."""
    words = {"count": str(count)}
    if not sys.stdin.isatty():
        print_error(render("many_need_yes", words, settings.lang))
        return False
    return ask(render("how_many", words, settings.lang)).strip() == str(count)


def answered(answers: Sequence[QueueEntry] | None) -> int:
    """The exit code for entries that another process sent: 0 all done, or nobody sends; 1 a person is needed; 5 the
    outcome is not known yet."""
    if not answers or all(e.status in GONE_OUT for e in answers):
        return DONE
    return SOME_FAILED if any(e.status in NEEDS_A_PERSON for e in answers) else AWAY


async def edit(settings: Settings, options: Namespace) -> int:
    """Correct the record of an entry and queue it as a new entry that is linked to the old one."""
    fields = dict(_pair(text) for text in options.fields)
    async with opened(settings) as desk:
        new = await desk.queue.correct(options.id, fields)
        answers = await desk.queue.wait_for_answers([new])
    print_json({"entry": new, "origin": options.id}) if options.json else print_lines(new)
    return answered(answers)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput("field_pair", text=text)
    return name, value


async def resolve(settings: Settings, options: Namespace) -> int:
    """End a conflict, or an outcome that stays unknown, as the options choose."""
    sides = {f"--{name}": names for name in ("mine", "theirs", "set") if (names := getattr(options, name)) is not None}
    whole = [name for name in ("--arrived", "--absent") if getattr(options, name[2:])]
    if problem := _wrong_choice(sides, whole):
        print_error(render(*problem, settings.lang))
        return USAGE
    how = whole[0][2:] if whole else "merge" if any(sides.values()) else next(iter(sides))[2:]
    async with opened(settings) as desk:
        try:
            status = await desk.queue.resolve(
                options.id, how, options.arrived, _choices(sides) if how == "merge" else None
            )
        except Refused as error:
            if error.code in CHOOSE_AGAIN:
                await _show_sides(desk, options.id, settings)
            raise
        answers = await desk.queue.wait_for_answers([options.id])
    final_status = answers[0].status if answers else status
    print_json({"entry": options.id, "status": final_status.value}) if options.json else print_lines(
        status_word(final_status, settings)
    )
    return answered(answers)


def _wrong_choice(sides: Mapping[str, Sequence[str]], whole: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """The code and parameters of what is wrong with the options together: none given, some that exclude each other, a
    field chosen twice. None where they are right."""
    if not sides and not whole:
        return "usage_one_of", {"what": "--mine --theirs --set --arrived --absent"}
    if sides and whole:
        return "usage_together", {"what": whole[0], "other": next(iter(sides))}
    if [sides.get("--mine"), sides.get("--theirs")] == [[], []]:
        return "usage_together", {"what": "--mine", "other": "--theirs"}
    names = [text.partition("=")[0] for texts in sides.values() for text in texts]
    twice = next((name for name in names if names.count(name) > 1), None)
    return ("resolve_twice", {"field": twice}) if twice else None


def _choices(sides: Mapping[str, Sequence[str]]) -> Choices:
    """The fields that are named for each side; a side without names is chosen for all the rest."""
    rest = next((Side(name[2:]) for name in ("--mine", "--theirs") if sides.get(name) == []), None)
    mine, theirs = (frozenset(sides.get(name, ())) for name in ("--mine", "--theirs"))
    return Choices(mine, theirs, dict(_pair(text) for text in sides.get("--set", ())), rest)


async def _show_sides(desk: Desk, uuid: str, settings: Settings) -> None:
    """Print the fields that differ, with the values to choose from as they are now."""
    for row in await desk.queue.compare(uuid):
        print_error(side_text(row, settings))
