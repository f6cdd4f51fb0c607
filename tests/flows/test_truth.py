"""What we convert, the golden resources among it, judged by HL7's validator and taken by real servers.
`FHIRDESK_TRUTH=300` asks for so many patients of the sample clinic, all 240 people and all of the flat tables, on HAPI,
too; else a few of each."""

import csv
import gzip
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from fhirdesk import sample
from fhirdesk.cli import main
from fhirdesk.converters.mapper import Mapper
from fhirdesk.r4 import json
from tests.converters import flat_tables
from tests.converters.test_golden import GOLDEN
from tests.servers import real, validator

WANTED = int(os.environ.get("FHIRDESK_TRUTH", "0"))
PATIENTS, PEOPLE = WANTED or 3, 240 if WANTED else 3
FAMILIES, VISITS = (24, None) if WANTED else (1, 4)
MAPPER = Mapper()
pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(3600 if WANTED else 300)]
Row = dict[str, Any]


def people() -> Iterator[Row]:
    """Rows of kr_persons.csv."""
    path = flat_tables.DATA / "cdss" / "kr_persons.csv"
    if path.exists():
        with path.open(encoding="utf-8-sig") as file:
            for row in islice(csv.DictReader(file), PEOPLE):
                yield {"type": "patient"} | row


def flat() -> Iterator[Row]:
    """Rows of the flat tables of so many patients and their visits, those first whom others refer to."""
    if not flat_tables.TABLES.exists():
        return
    tables = dict(flat_tables.tables())
    patients = {row["patient_id"] for row in tables["patients"][:FAMILIES]}
    visits = [row["encounter_id"] for row in tables["encounters"] if row["patient_id"] in patients][:VISITS]
    for name in ("patients", "encounters", *sorted(tables.keys() - {"patients", "encounters"})):
        type_, reader, _ = flat_tables.KNOWN[name]
        for row in tables[name]:
            if row["patient_id"] in patients and row.get("encounter_id", visits[0]) in visits:
                yield {"type": type_} | reader(row)


def rows() -> list[Row]:
    """Everything."""
    return [*sample.generate(PATIENTS, 1), *people(), *flat()]


def of_others(folder: Path) -> list[Path]:
    """A Bundle with resources of types that no record is made of, too: the smallest of Synthea's."""
    path = flat_tables.DATA / "synthea" / "synthea_v3_collections.ndjson.gz"
    if not path.exists():
        return []
    file = folder / "others.json"
    file.write_bytes(min(gzip.decompress(path.read_bytes()).splitlines(), key=len))
    return [file]


def test_hl7_s_validator_finds_no_error() -> None:
    golden = [json.dumps(json.loads(path.read_bytes())["resource"]) for path in GOLDEN]
    with validator() as errors:
        wrong = [(path.stem, e) for path, line in zip(GOLDEN, golden, strict=True) for e in errors(line)]
        for row in rows():
            record = MAPPER.read_record(row, None)
            wrong += [(record.key, e) for e in errors(json.dumps(MAPPER.to_resource(record)))]
    assert not wrong, wrong[:5]


PARENTS: dict[str, Row] = {  # what the golden records refer to
    "Patient/P-1": {},
    "Encounter/E-1": {"status": "planned", "class": {"code": "AMB"}},
    "ServiceRequest/O-1": {"status": "active", "intent": "order", "subject": {"reference": "Patient/P-1"}},
    "ServiceRequest/R-1": {"status": "active", "intent": "order", "subject": {"reference": "Patient/P-1"}},
    "ImagingStudy/S-1": {"status": "available", "subject": {"reference": "Patient/P-1"}},
}


def post_golden(base: str) -> None:
    """Each golden resource as it stands, but for the ids in its references."""
    ids: dict[str, str] = {}

    def post(resource: Row) -> str:
        text = json.dumps({n: v for n, v in resource.items() if n != "id"}).decode()
        for name, id_ in ids.items():
            text = text.replace(f'"{name}"', f'"{id_}"')
        url, headers = f"{base}/{resource['resourceType']}", {"Content-Type": "application/fhir+json"}
        answer = httpx.post(url, content=text.encode(), headers=headers, trust_env=False, timeout=60)
        assert answer.status_code == 201, (answer.status_code, answer.text[:500], text)
        return f"{resource['resourceType']}/{answer.json()['id']}"

    for name, elements in PARENTS.items():
        ids[name] = post({"resourceType": name.partition("/")[0]} | elements)
    for path in GOLDEN:
        post(json.loads(path.read_bytes())["resource"])


@pytest.mark.parametrize(("server", "options"), [("medplum", ()), ("hapi", ("--validate", "on"))])
def test_a_real_server_takes_all_of_it(
    server: str, options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clinic.ndjson"
    file.write_bytes(b"".join(json.dumps(row) + b"\n" for row in rows()))

    def run(*words: str) -> Any:
        code = main(["--data-dir", str(tmp_path / "data"), "--server", base, "--json", *words])
        said = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert code == 0, said
        return said

    if server == "hapi" and not WANTED:
        pytest.skip("HAPI takes a minute to begin to validate: by hand, FHIRDESK_TRUTH=300")
    with real(server, *options) as base:
        read = run("import", str(file), *map(str, of_others(tmp_path)))["summary"]
        assert read["refused"] == 0
        done = run("drain", "--until-empty", "--for", "3000")
        assert done["completed"] == read["queued"]
        post_golden(base)
        assert not any(done[state] for state in ("failed", "conflict", "unknown", "held", "pending"))
