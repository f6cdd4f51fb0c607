"""The verb `sandbox`: the embedded server alone."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from fhirdesk.settings import Settings


def add_verbs(add: Callable[[str, str], ArgumentParser], _shared: ArgumentParser) -> None:
    """The verb of this room."""
    verb = add("sandbox", "the embedded FHIR server alone, in memory unless a store file is named")
    verb.add_argument("--port", type=int, default=8080, help="0: a free one")
    verb.add_argument("--store", type=Path, metavar="FILE", help="keep what it holds")
    verb.add_argument("--like", choices=("medplum", "hapi"), default="medplum", help="whose habits it has")
    verb.add_argument("--auth", choices=("none", "oauth"), default="none")
    verb.set_defaults(run=sandbox)


async def sandbox(_settings: Settings, options: Namespace) -> int:
    """Serve until it is stopped."""
    from fhirdesk.sandbox.options import like  # here: the other verbs start without a web server
    from fhirdesk.sandbox.server import serve

    await serve(like(options.like).changed(auth=options.auth), options.port, options.store)
    return 0
