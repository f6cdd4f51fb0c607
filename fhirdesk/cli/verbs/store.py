"""The verb `store`: is the database whole, and what a person decides when it is damaged, gone or older."""

from argparse import Namespace

from fhirdesk.app.desk import DATABASE, accept_store, start_over, verify_store
from fhirdesk.cli.output import DONE, INTERNAL, SOME_FAILED, USAGE, opened, put, sentence
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import note, print_lines
from fhirdesk.i18n.messages import render


async def renew(settings: Settings, options: Namespace) -> int:
    """The damaged files get a time stamp; nothing is deleted."""
    if not options.yes:
        note(render("store_needs_yes", {}, settings.lang))
        return USAGE
    moved = start_over(settings.data_dir)
    put({"moved": [path.name for path in moved]}) if options.json else print_lines(*map(str, moved))
    return DONE


async def salvage(settings: Settings, options: Namespace) -> int:
    """What can be read of the damaged database goes into a new one; a line for each record that cannot."""
    if not options.yes:
        note(render("store_needs_yes", {}, settings.lang))
        return USAGE
    moved = [] if options.file else start_over(settings.data_dir)
    wreck = options.file or next((path for path in moved if path.name.startswith(f"{DATABASE}.")), None)
    if wreck is None or not wreck.exists():
        note(render("salvage_nothing", {}, settings.lang))
        return USAGE
    async with opened(settings) as desk:
        found = await desk.salvage(wreck)
    if options.json:
        lost = [{"type": type_, "key": key} for type_, key in found.lost]
        put({"file": str(wreck), "records": found.records, "entries": found.entries, "lost": lost})
    else:
        print_lines(*(str(sentence(reason, settings)) for reason in found.told(str(wreck))))
    return SOME_FAILED if found.lost else DONE


async def accept(settings: Settings, options: Namespace) -> int:
    """The side file says from now on what the database says."""
    if not options.yes:
        note(render("store_needs_yes", {}, settings.lang))
        return USAGE
    accept_store(settings.data_dir)
    return DONE


async def verify(settings: Settings, options: Namespace) -> int:
    """What is not as it was saved, a line each. Nothing is mended."""
    found = verify_store(settings)
    if options.json:
        findings = [{"code": f.code, **f.params, "message": sentence(f, settings)} for f in found]
        put({"ok": not found, "findings": findings})
    else:
        print_lines(*(str(sentence(f, settings)) for f in found or [Reason("verify_good")]))
    return INTERNAL if found else DONE
