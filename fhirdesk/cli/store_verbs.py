"""The verb `store`: is the database whole, and what a person decides when it is damaged, gone or older."""

from argparse import Namespace

from fhirdesk.cli.output import DONE, INTERNAL, USAGE, note, put, sentence
from fhirdesk.desk import accept_store, start_over, verify_store
from fhirdesk.entry import Reason
from fhirdesk.settings import Settings
from fhirdesk.words import say


async def renew(settings: Settings, options: Namespace) -> int:
    """The damaged files get a time stamp; nothing is deleted."""
    if not options.yes:
        note(say("store_needs_yes", {}, settings.lang))
        return USAGE
    moved = start_over(settings.data_dir)
    put({"moved": [path.name for path in moved]}) if options.json else print("\n".join(map(str, moved)))
    return DONE


async def accept(settings: Settings, options: Namespace) -> int:
    """The side file says from now on what the database says."""
    if not options.yes:
        note(say("store_needs_yes", {}, settings.lang))
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
        for line in (sentence(f, settings) for f in found or [Reason("verify_good")]):
            print(line)
    return INTERNAL if found else DONE
