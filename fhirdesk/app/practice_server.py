"""The practice server: a FHIR server on this computer, for trying things out."""

from pathlib import Path

from fhirdesk.sandbox import server
from fhirdesk.sandbox.options import like


async def serve(
    vendor: str, port: int, store: Path | None, *, with_parent: bool = False, **habits: str | float | None
) -> None:
    """Answer requests until SIGTERM or an interrupt; `with_parent`: also until standard input closes. `vendor`: whose
    habits it has (medplum, hapi, openemr); `port`: 0 takes a free one; `store`: the file that keeps what it holds,
    else memory; `habits`: `sandbox.options.Options` by name, None leaves the vendor's. Prints one line of JSON when it
    is ready."""
    chosen = {name: habit for name, habit in habits.items() if habit is not None}
    await server.serve(like(vendor).changed(**chosen), port, store, with_parent=with_parent)
