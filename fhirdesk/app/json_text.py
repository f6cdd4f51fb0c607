"""JSON for the faces: numbers keep the digits they came with. `dumps` writes one line, `pretty` is for people."""

from fhirdesk.r4.json import dumps, pretty

__all__ = ["dumps", "pretty"]
