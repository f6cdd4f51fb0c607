"""What comes in as FHIR goes out as it came, to the last digit."""

import gzip
import io
import itertools
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk import files
from fhirdesk.app.container import Container
from fhirdesk.app.desk.imports import begin_import
from fhirdesk.app.importing import GRAVE
from fhirdesk.core.views import ImportOptions
from fhirdesk.files import Row
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from tests.acceptance import SHARED

DATA = SHARED / "data"
FOLDERS = ("hl7_examples", "other_examples", "ecqm", "synthea")
ARCHIVES = sorted(path for folder in FOLDERS for path in (DATA / folder).rglob("*.gz"))
MOST = 4000  # resources of one archive: the larger ones are more of the same


def documents(archive: Path) -> Iterator[bytes]:
    """Each file of an archive, or the one file that was compressed."""
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive) as packed:
            for member in packed:
                file = packed.extractfile(member)
                if file and member.name.endswith((".json", ".ndjson")):
                    yield file.read()
    else:
        yield gzip.decompress(archive.read_bytes())


def resources(archive: Path) -> Iterator[Row]:
    """Every valid resource, Bundles entry by entry."""
    for document in documents(archive):
        for row in files.rows(io.BytesIO(document)):
            if not isinstance(row, Row) or row.data.get("resourceType") in (None, "OperationOutcome"):
                continue  # a server's complaint is no record
            if not any(f.severity in GRAVE for f in check(row.data)):
                yield row


@pytest.mark.skipif(not ARCHIVES, reason="../shared is not here")
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_a_valid_resource_goes_out_as_it_came(archive: Path, container: Container) -> None:
    rows = list(itertools.islice(resources(archive), MOST))
    run = begin_import(container, ImportOptions(enqueue=False, last_wins=True))
    sent: dict[tuple[str | None, str | None], bytes] = {}
    for start in range(0, len(rows), 200):
        part = rows[start : start + 200]
        for row, line in zip(part, run.take(part), strict=True):
            assert line.result != "refused", line
            sent[line.type, line.key] = json.canonical(row.data)
    out = io.BytesIO()
    container.exporter.write(None, "ndjson", out.write)
    assert sorted(sent.values()) == sorted(json.canonical(json.loads(line)) for line in out.getvalue().splitlines())
