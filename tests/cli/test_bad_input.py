"""Malformed files are refused by convert and import in words, with exit code 6, and never with a traceback."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.app.container import Container
from fhirdesk.app.desk.imports import begin_import, read_rows
from fhirdesk.cli import main
from fhirdesk.converters import registry
from fhirdesk.core.views import ImportOptions
from fhirdesk.files import Row
from fhirdesk.i18n.messages import render
from fhirdesk.r4 import json as r4_json
from fhirdesk.r4.json import Number
from tests.acceptance import SHARED
from tests.converters.rows import TYPES, wrong_values
from tests.converters.test_golden import GOLDEN
from tests.factories import person_fields
from tests.fhir.conftest import container

SUITE = SHARED / "data" / "adverse" / "json_test_suite.tar.gz"
LONG = 100_000  # longer texts are tried once a field
__all__ = ["container"]


def convert(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str], list[dict[str, Any]]]:
    """Exit code, lines on stdout, documents on stderr."""
    capsys.readouterr()
    code = main(["convert", *words])
    told = capsys.readouterr()
    lines = [json.loads(line) for line in told.err.split("\n") if line]
    return code, told.out.split("\n")[:-1], [line for line in lines if "note" not in line]


@pytest.mark.skipif(not SUITE.exists(), reason="../shared is not here")
def test_every_malformed_file_is_refused(
    container: Container, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = 0
    with tarfile.open(SUITE) as suite:
        for member in suite.getmembers():
            name, packed = member.name.rsplit("/", 1)[-1], suite.extractfile(member)
            if packed is None or not name.startswith("n_"):
                continue
            file = tmp_path / name.replace("/", "")
            file.write_bytes(packed.read())
            code, out, told = convert(capsys, "patient", str(file))
            assert (code, out) == (6, []) and told and all(line["error"] for line in told), name
            lines = begin_import(container, ImportOptions("patient")).take(list(read_rows(file)))
            assert lines and all(line.result == "refused" and line.error for line in lines), name
            assert all(
                render(line.error.code, line.error.params, "ko") != line.error.code for line in lines if line.error
            )
            refused += 1
    assert refused == 125


def test_good_rows_go_on_in_order_and_bad_ones_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [person_fields(f"P-{n}") for n in range(1, 5)]
    rows[1]["birth_date"] = "1985-06-31"
    rows[2]["resourceType"] = "Patient"
    file = tmp_path / "people.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"half":', encoding="utf-8")
    code, out, told = convert(capsys, "patient", str(file))
    assert code == 1 and [json.loads(line)["id"] for line in out] == ["P-1", "P-4"]
    assert [(t["line"], t["key"], t["field"]) for t in told] == [
        (2, "P-2", "birth_date"),
        (3, None, "resourceType"),
        (5, None, None),
    ]
    assert main(["convert", "resource", str(file)]) == 2
    assert main(["convert", "patient", str(tmp_path / "nowhere")]) == 6


def test_a_refused_row_names_its_type_where_it_is_known(container: Container) -> None:
    rows: list[dict[str, Any]] = [
        {"type": "patient", "patient_id": "P-1"},
        {"patient_id": "P-2"},
        {"type": "<b>"},
        {"type": 7},
    ]
    lines = begin_import(container, ImportOptions("patient", enqueue=False)).take(
        [Row(n, row) for n, row in enumerate(rows, 1)]
    )
    assert [(line.type, line.key, line.field) for line in lines[:2]] == [
        ("patient", "P-1", "gender"),
        ("patient", "P-2", "gender"),
    ]
    assert [(line.type, line.field) for line in lines[2:]] == [(None, "type")] * 2


def spoiled(type_: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Golden records with one field that is wrong, and its name: every field, everything that it may not hold."""
    records = [json.loads(path.read_bytes(), parse_float=Number)["record"] for path in GOLDEN]
    for number, record in enumerate(r for r in records if r["type"] == type_):
        for field in registry.record_types()[type_].fields:
            others = {n: v for n, v in record.items() if n not in field.aliases}
            for value in wrong_values(field):
                if not number or len(str(value)) < LONG:
                    yield others | {field.name: value}, field.name


@pytest.mark.parametrize("type_", TYPES)
def test_whatever_is_wrong_with_a_field_is_told_by_line_key_and_field(
    type_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, file = list(spoiled(type_)), tmp_path / "wrong.ndjson"
    file.write_bytes(b"\n".join(r4_json.dumps(row) for row, _ in rows))
    code, out, told = convert(capsys, type_, str(file))
    assert (code, out, len(told)) == (6, [], len(rows)) and len(rows) > 300
    key_field = registry.record_types()[type_].key_field
    for line, ((row, name), said) in enumerate(zip(rows, told, strict=True), 1):
        assert (said["line"], said["field"].partition("[")[0]) == (line, name) and said["error"]
        assert name == key_field or said["key"] == str(row[key_field])
