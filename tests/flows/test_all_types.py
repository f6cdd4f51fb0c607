"""The main job with every record type, on the embedded server: each once, references right, a change is one update of
what changed, a job that is not done stays here."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from fhirdesk import sample
from fhirdesk.cli import main
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.resource import identifier
from fhirdesk.sandbox.server import Sandbox
from tests.converters.flat_tables import plain

Row = dict[str, Any]
Run = Callable[..., list[Any]]
MAPPER = Mapper()
KINDS = sorted({t for kind in registry.record_types().values() for t in kind.resource_types} - {"*"})
# one field of each type (of an order: of each target), and the elements that it moves
CHANGES: dict[str, tuple[Row, set[str]]] = {
    "Patient": ({"phone": "010-9999-9999"}, {"telecom"}),
    "Encounter": ({"reason": "바뀐 이유"}, {"reasonCode"}),
    "Observation": ({"comments": "다시 봄"}, {"note"}),
    "DiagnosticReport": ({"conclusion": "바뀐 결론"}, {"conclusion"}),
    "MedicationRequest": ({"instructions": "1일 4회", "frequency_per_day": 4}, {"dosageInstruction"}),
    "Procedure": ({"status": "stopped"}, {"status"}),
    "ServiceRequest": ({"priority": "stat"}, {"priority"}),
    "Condition": ({"severity": "아주 심함"}, {"severity"}),
    "ImagingStudy": ({"num_instances": 999}, {"numberOfInstances"}),
    "AllergyIntolerance": ({"reaction": "발진"}, {"reaction"}),
}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture
def run(tmp_path: Path, server: Sandbox, capsys: pytest.CaptureFixture[str]) -> Run:
    """One verb with --json; what it printed."""

    def call(*words: str, code: int = 0) -> list[Any]:
        capsys.readouterr()
        done = main(["--data-dir", str(tmp_path / "data"), "--server", server.base, "--json", *words])
        said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert done == code, said[-1:]
        return said

    return call


@pytest.fixture
def give(tmp_path: Path, run: Run) -> Callable[[list[Row]], list[Any]]:
    """Import rows; its lines."""

    def call(rows: list[Row]) -> list[Any]:
        file = tmp_path / "rows.ndjson"
        file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        return run("import", str(file))

    return call


def on_server(server: Sandbox) -> dict[tuple[str, str], Row]:
    """What the server holds, by FHIR type and logical id."""
    found = {}
    with httpx.Client(trust_env=False, timeout=30) as http:
        for kind in KINDS:
            for entry in http.get(f"{server.base}/{kind}", params={"_count": "1000"}).json().get("entry", ()):
                found[kind, entry["resource"]["id"]] = entry["resource"]
    return found


def by_record(server: Sandbox, rows: list[Row]) -> dict[tuple[str, str], Row]:
    """What the server holds, by record type and key."""
    held = on_server(server)
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        record = MAPPER.read_record(row, None)
        system = MAPPER.identifier_system(record.type)
        mine = [r for r in held.values() if identifier(r, system) == record.key]
        assert len(mine) <= 1, record.key
        found.update(((record.type, record.key), resource) for resource in mine)
    return found


def test_every_type_arrives_once_with_its_references(
    server: Sandbox, run: Run, give: Callable[[list[Row]], list[Any]]
) -> None:
    rows = list(sample.generate(21, 3))
    lines = give(rows)
    waiting = [line for line in lines[:-1] if line["note"]]
    assert lines[-1]["summary"]["queued"] == len(rows) - len(waiting) and waiting
    assert {line["type"] for line in waiting} == {"ai_job"} and not any(line["entry"] for line in waiting)
    assert run("drain", "--until-empty", "--for", "60")[-1]["completed"] == len(rows) - len(waiting)
    held = by_record(server, rows)
    assert {r["resourceType"] for r in held.values()} == set(KINDS)
    for row in rows:
        record = MAPPER.read_record(row, None)
        there = held.get((record.type, record.key))
        if there is None:
            assert record.key in {line["key"] for line in waiting}
            continue
        for field in registry.record_types()[record.type].references:
            key = record.fields.get(field.name)
            parents = [held[t, str(key)] for t in field.refers_to if (t, key) in held]
            for parent in parents[:1]:
                assert f'"{parent["resourceType"]}/{parent["id"]}"' in json.dumps(there), (record.key, field.name)
    assert give(rows)[-1]["summary"]["queued"] == 0
    run("sync", "ai_job", str(waiting[0]["key"]), code=2)
    assert run("sync-all")[-1] == {"queued": 0, "unchanged": len(rows), "entries": []}


@pytest.mark.parametrize("arrived", [True, False])
def test_what_convert_writes_of_the_records_is_no_change_of_them(
    tmp_path: Path,
    run: Run,
    give: Callable[[list[Row]], list[Any]],
    capsys: pytest.CaptureFixture[str],
    arrived: bool,
) -> None:
    rows = list(sample.generate(7, 3))
    give(rows)
    if arrived:
        run("drain", "--until-empty", "--for", "60")
    made = tmp_path / "made.ndjson"
    assert main(["convert", "patient", str(tmp_path / "rows.ndjson")]) == 0
    made.write_text(capsys.readouterr().out, encoding="utf-8")
    again = run("import", str(made))
    assert {line["result"] for line in again[:-1]} == {"unchanged"} and again[-1]["summary"]["queued"] == 0
    assert give(rows)[-1]["summary"]["unchanged"] == len(rows)
    patient, visit = [json.loads(line) for line in made.read_text(encoding="utf-8").splitlines()[:2]]
    assert give([patient | {"active": True}])[0]["result"] == "changed"
    assert give([visit | {"id": "another"}])[0]["result"] == "changed", "by that id others may refer to it"


def test_a_change_of_each_type_is_one_update_of_that_alone(
    server: Sandbox, run: Run, give: Callable[[list[Row]], list[Any]]
) -> None:
    rows = list(sample.generate(21, 3))
    give(rows)
    run("drain", "--until-empty", "--for", "60")
    before, changed, seen = by_record(server, rows), [], set()
    for row in rows:
        kind = registry.resource_type(MAPPER.read_record(row, None))
        if kind not in seen and row.get("status") not in ("running", "failed"):
            seen.add(kind)
            changed.append(row | CHANGES[kind][0])
    assert give(changed)[-1]["summary"]["queued"] == len(CHANGES)
    run("drain", "--until-empty", "--for", "60")
    after = by_record(server, rows)
    for place, there in after.items():
        was = before[place]
        moved = {n for n in there.keys() | was.keys() if plain(there.get(n)) != plain(was.get(n))} - {"meta"}
        version = int(there["meta"]["versionId"])
        kind = there["resourceType"]
        assert (moved, version) in ((set(), 1), (CHANGES[kind][1], 2)), (place, moved)
    assert sum(r["meta"]["versionId"] == "2" for r in after.values()) == len(CHANGES)


def test_a_job_is_sent_once_it_is_done(server: Sandbox, run: Run, give: Callable[[list[Row]], list[Any]]) -> None:
    person = {"type": "patient", "patient_id": "P-1", "family_name": "김", "gender": "F", "birth_date": "1985"}
    job = {"type": "ai_job", "job_id": 7, "patient_id": "P-1", "model_name": "m", "status": "running"}
    lines = give([person, job])
    assert lines[1]["result"] == "new" and lines[1]["entry"] is None and "completed" in lines[1]["note"]
    done = give([job | {"status": "completed", "conclusion": "괜찮음"}])
    assert done[0]["result"] == "changed" and done[0]["entry"] and done[0]["note"] is None
    assert run("queue", "show", done[0]["entry"])[-1]["priority"] == 7
    run("drain", "--until-empty", "--for", "60")
    (report,) = [r for (kind, _), r in on_server(server).items() if kind == "DiagnosticReport"]
    assert report["status"] == "final" and identifier(report, MAPPER.identifier_system("ai_job")) == "7"


def test_images_for_a_prescription_are_refused_by_name(run: Run, give: Callable[[list[Row]], list[Any]]) -> None:
    about = {"patient_id": "P-1"}
    give(
        [
            {"type": "patient", "patient_id": "P-1", "family_name": "김", "gender": "F", "birth_date": "1985"},
            {"type": "order", "order_id": "O-1", "order_type": "medication", "status": "active", "display": "약"}
            | about
            | {"ordered_at": "2026-01-02"},
            {"type": "radiology_study", "study_id": "S-1", "study_instance_uid": "1.2.3", "modality": "CT"}
            | about
            | {"order_id": "O-1"},
        ]
    )
    run("drain", "--until-empty", "--for", "60", code=1)
    (failed,) = run("queue", "list", "--status", "failed")
    assert (failed["type"], failed["key"]) == ("radiology_study", "S-1") and "order_id" in json.dumps(failed)
