"""The schema in the package is what fhir.resources and the tables give."""

import gzip
import json
import subprocess
import sys

import pytest

from fhirdesk.r4 import schema


@pytest.mark.slow
def test_the_schema_kept_is_the_one_that_would_be_built() -> None:
    from fhirdesk.r4 import build

    kept = json.loads(gzip.decompress(build.FILE.read_bytes()))
    built = json.loads(gzip.decompress(build.pack()))
    assert built == kept, "run `python -m fhirdesk.r4.build`"


@pytest.mark.slow
def test_every_type_of_r4_compiles() -> None:
    assert len(schema.resource_types()) == 146
    for name in schema.resource_types():
        assert schema.validator(name).is_valid({"resourceType": "?"}) is False


def test_a_check_imports_no_model() -> None:
    code = "import sys; from fhirdesk.r4.check import check; check({'resourceType': 'Patient'}); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"fhir", "fhir.resources", "pydantic"} & set(loaded)
