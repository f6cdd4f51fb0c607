"""`python -m fhirdesk.r4.build` writes the schema anew."""

from fhirdesk.r4.build import FILE, packed

FILE.write_bytes(packed())
