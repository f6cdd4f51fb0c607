"""The verb `store`: is the database whole, and what a person decides when it is damaged, gone or older."""

from argparse import Namespace

from fhirdesk.app.database import DATABASE, accept_store, start_over, verify_store
from fhirdesk.cli.output import DONE, INTERNAL, SOME_FAILED, USAGE, opened, print_json, sentence
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_error, print_lines
from fhirdesk.i18n.messages import render


async def renew(settings: Settings, options: Namespace) -> int:
    """Move the database aside, under a name with the time, so that a new one is made; nothing is deleted."""
    if not options.yes:
        print_error(render("store_needs_yes", {}, settings.lang))
        return USAGE
    moved = start_over(settings.data_dir)
    print_json({"moved": [path.name for path in moved]}) if options.json else print_lines(*map(str, moved))
    return DONE


async def salvage(settings: Settings, options: Namespace) -> int:
    """Move the damaged database aside, fill a new one with what can be read of it, and print each lost record."""
    if not options.yes:
        print_error(render("store_needs_yes", {}, settings.lang))
        return USAGE
    moved = [] if options.file else start_over(settings.data_dir)
    damaged = options.file or next((path for path in moved if path.name.startswith(f"{DATABASE}.")), None)
    if damaged is None or not damaged.exists():
        print_error(render("salvage_nothing", {}, settings.lang))
        return USAGE
    async with opened(settings) as desk:
        salvaged = await desk.records.salvage(damaged)
    if options.json:
        lost = [{"type": type_, "key": key} for type_, key in salvaged.lost]
        print_json({"file": str(damaged), "records": salvaged.records, "entries": salvaged.entries, "lost": lost})
    else:
        print_lines(*(str(sentence(reason, settings)) for reason in salvaged.describe(str(damaged))))
    return SOME_FAILED if salvaged.lost else DONE


async def accept(settings: Settings, options: Namespace) -> int:
    """Go on with the database as it is, though saves are missing in it."""
    if not options.yes:
        print_error(render("store_needs_yes", {}, settings.lang))
        return USAGE
    accept_store(settings)
    return DONE


async def verify(settings: Settings, options: Namespace) -> int:
    """Check the database and print what is not as it was saved; nothing is changed. Exit code 70 for any finding."""
    damages = verify_store(settings)
    if options.json:
        findings = [{"code": f.code, **f.params, "message": sentence(f, settings)} for f in damages]
        print_json({"ok": not damages, "findings": findings})
    else:
        print_lines(*(str(sentence(f, settings)) for f in damages or [Reason("verify_good")]))
    return INTERNAL if damages else DONE
