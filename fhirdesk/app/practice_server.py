"""The practice server: a FHIR server on this computer, for trying things out."""

from pathlib import Path

from fhirdesk.sandbox import server
from fhirdesk.sandbox.options import like


async def serve(vendor: str, auth: str, port: int, store: Path | None, *, with_parent: bool = False) -> None:
    """Answer requests until SIGTERM or an interrupt; `with_parent`: also until standard input closes. `vendor`: whose
    habits it has (medplum, hapi, openemr); `port`: 0 takes a free one; `store`: the file that keeps what it holds,
    else memory. Prints one line of JSON when it is ready."""
    await server.serve(like(vendor).changed(auth=auth), port, store, with_parent=with_parent)
