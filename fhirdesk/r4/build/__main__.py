"""`python -m fhirdesk.r4.build` writes the schema anew."""

from fhirdesk.r4.build import FILE, pack

FILE.write_bytes(pack())
