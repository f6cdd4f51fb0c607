"""The command line, twin of the window: the verbs and exit codes of docs/records.md."""

import asyncio
import logging
import sys
from collections.abc import Sequence

from fhirdesk.cli.parser import parse
from fhirdesk.errors import FhirDeskError
from fhirdesk.settings import load_settings
from fhirdesk.words import say

INTERRUPTED, INTERNAL, BROKEN_PIPE = 130, 70, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = parse(list(sys.argv[1:] if arguments is None else arguments))
    logging.basicConfig(level=logging.INFO if options.verbose else logging.ERROR, format="%(levelname)s %(message)s")
    for quiet in ("httpx2", "httpcore2", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    lang = options.lang or "en"
    try:
        settings = load_settings(
            data_dir=options.data_dir,
            profile=options.profile,
            server=options.server,
            deadline=options.deadline,
            lang=options.lang,
            env_file=options.env_file,
            verbose=options.verbose,
        )
        lang = settings.lang
        return int(asyncio.run(options.run(settings, options)))
    except FhirDeskError as error:
        print(say(error.code, error.params, lang), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
