"""The verb `sandbox`: the practice server alone."""

import asyncio
from argparse import Namespace
from contextlib import suppress

from fhirdesk.app.practice_server import serve
from fhirdesk.cli.output import DONE
from fhirdesk.core.settings import Settings


async def sandbox(_settings: Settings, options: Namespace) -> int:
    """Answer requests until the server is stopped, which is the way it is meant to end."""
    with suppress(asyncio.CancelledError):
        habits = {name: getattr(options, name) for name in ("auth", "sign_in", "token_ttl", "clock_skew")}
        await serve(options.like, options.port, options.store, with_parent=options.with_parent, **habits)
    return DONE
