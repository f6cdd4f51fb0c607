"""The verb `sandbox`: the embedded server alone."""

from argparse import Namespace

from fhirdesk.settings import Settings


async def sandbox(_settings: Settings, options: Namespace) -> int:
    """Serve until it is stopped."""
    from fhirdesk.sandbox.options import like  # here: the other verbs start without a web server
    from fhirdesk.sandbox.server import serve

    await serve(like(options.like).changed(auth=options.auth), options.port, options.store)
    return 0
