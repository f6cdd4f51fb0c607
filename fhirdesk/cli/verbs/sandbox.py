"""The verb `sandbox`: the embedded server alone."""

import asyncio
from argparse import Namespace
from contextlib import suppress

from fhirdesk.core.settings import Settings


async def sandbox(_settings: Settings, options: Namespace) -> int:
    """Serve until it is stopped."""
    from fhirdesk.sandbox.options import like  # here: the other verbs start without a web server
    from fhirdesk.sandbox.server import serve

    habits = like(options.like).changed(auth=options.auth)
    with suppress(asyncio.CancelledError):  # the way it is meant to end
        await serve(habits, options.port, options.store, with_parent=options.with_parent)
    return 0
