"""The verb `store`: what a person decides about a database that is damaged, gone, or older than it should be."""

from argparse import Namespace

from fhirdesk.cli.output import DONE, USAGE, note, put
from fhirdesk.desk import accept_store, start_over
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
