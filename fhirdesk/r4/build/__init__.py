"""Writes `schema.json.gz`: R4 as one strict JSON Schema. Run after an update of fhir.resources, not imported else.

`python -m fhirdesk.r4.build`; a test builds again and compares. `models` reads fhir.resources' metadata, `corrections`
completes it for 4.0.1, `invariants` adds R4's rules. Every schema of a value carries `words`, the code of the sentence
that says what was expected.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from fhirdesk.r4.build import corrections
from fhirdesk.r4.build.definitions import Definitions
from fhirdesk.r4.build.models import ROOTS, classes_of, is_resource, resource_types, shapes
from fhirdesk.r4.build.other_versions import marks

FILE = Path(__file__).parents[1] / "schema.json.gz"


def build() -> dict[str, Any]:
    """Returns the content of the file: definitions, resource types, and the marks of other FHIR versions."""
    classes = classes_of("R4B")
    types = resource_types(classes)
    definitions = Definitions(classes, types)
    for name in types:
        definitions.resource(name)
    return {"definitions": definitions.made, "types": types, "versions": _versions(classes, types)}


def pack() -> bytes:
    """Returns the bytes of the file; the same input gives the same bytes."""
    text = json.dumps(build(), separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode(), 9, mtime=0)


def _versions(classes: dict[str, Any], types: list[str]) -> dict[str, Any]:
    r4 = {name: shapes(classes.get(name)) for name in types}
    others = {}
    for version, release in (("STU3", "STU3"), ("R5", "")):
        models = {n: m for n, m in classes_of(release).items() if is_resource(m) and n not in ROOTS}
        others[version] = {n: shapes(m) for n, m in models.items() if n not in corrections.DRAFTS}
    return marks(r4, others)
