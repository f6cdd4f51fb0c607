"""What goes out: whole or not at all, private, with every digit, and with nothing that a spreadsheet would run."""

import csv
import errno
import gzip
import io
import json as python_json
import os
import stat
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhirdesk import files
from fhirdesk.app.container import Container
from fhirdesk.app.desk.imports import begin_import
from fhirdesk.core.errors import Refused
from fhirdesk.core.views import ImportOptions
from fhirdesk.files import Row, out
from fhirdesk.files.csv_rows import csv_rows, guard_cell
from fhirdesk.r4 import json
from tests.acceptance import SHARED
from tests.factories import person_row
from tests.marks import fault

NAUGHTY = SHARED / "data" / "adverse" / "naughty_strings.json.gz"
LAB = {
    "type": "lab_result",
    "result_id": "L-1",
    "patient_id": "P-1",
    "test_code": "718-7",
    "test_name": "Hemoglobin",
    "resulted_at": "2025-01-02T03:04:05+09:00",
}


def take(container: Container, *raws: dict[str, Any]) -> list[str]:
    """Import rows; the results."""
    given = [Row(n, raw) for n, raw in enumerate(raws, 1)]
    return [line.result for line in begin_import(container, ImportOptions(enqueue=False)).take(given)]


def written(container: Container, format_: str, type_: str | None = None) -> bytes:
    to = io.BytesIO()
    container.exporter.write(type_, format_, to.write)
    return to.getvalue()


def test_each_format_says_the_same_with_its_digits(container: Container) -> None:
    take(container, person_row("P-1"), LAB | {"result_value": json.loads("13.50")})
    lines = [json.loads(line) for line in written(container, "ndjson").split(b"\n") if line]
    assert [r["resourceType"] for r in lines] == ["Patient", "Observation"]
    assert str(lines[1]["valueQuantity"]["value"]) == "13.50" and lines[1]["subject"]["reference"] == "Patient/P-1"
    bundle = json.loads(written(container, "bundle"))
    assert [e["resource"] for e in bundle["entry"]] == lines and bundle["type"] == "collection"
    again = [json.loads(line) for line in written(container, "records").split(b"\n") if line]
    assert take(container, *again) == ["unchanged", "unchanged"]
    table = list(csv.DictReader(io.StringIO(written(container, "csv", "lab_result").decode("utf-8-sig"))))
    assert table[0]["result_value"] == "13.50" and table[0]["patient_id"] == "P-1"


def test_an_empty_cache_is_an_empty_bundle(container: Container) -> None:
    assert json.loads(written(container, "bundle")) == {"resourceType": "Bundle", "type": "collection"}
    assert written(container, "ndjson") == b""
    with pytest.raises(Refused):
        written(container, "csv")


@fault("F12")
def test_a_file_is_private_whole_and_new(container: Container, tmp_path: Path) -> None:
    take(container, person_row("P-1"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine", encoding="utf-8")
    link = tmp_path / "link.ndjson"
    link.symlink_to(elsewhere)
    for taken in (elsewhere, link):
        with pytest.raises(Refused):
            container.exporter.write(None, "ndjson", taken)
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    before = os.umask(0)
    try:
        container.exporter.write(None, "ndjson", tmp_path / "out.ndjson")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.ndjson").stat().st_mode) == 0o600
    with pytest.raises(Refused):
        container.exporter.write(None, "ndjson", tmp_path / "nowhere" / "out.ndjson")
    with pytest.raises(ZeroDivisionError), out.new_file(tmp_path / "half.ndjson") as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert {p.name for p in tmp_path.iterdir()} == {"data", "elsewhere", "link.ndjson", "out.ndjson"}


@fault("F12")
def test_a_memory_stick_without_links_gets_whole_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    with out.new_file(tmp_path / "out.ndjson") as file:
        file.write(b"all of it")
    with pytest.raises(Refused), out.new_file(tmp_path / "late.ndjson") as file:
        (tmp_path / "late.ndjson").write_bytes(b"somebody else's")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        "out.ndjson": b"all of it",
        "late.ndjson": b"somebody else's",
    }


def may_run(cell: str) -> bool:
    """As careful as a spreadsheet is careless: what cannot be seen is passed over, and every width is read."""
    seen = "".join(c for c in cell if unicodedata.category(c)[0] not in "ZC")
    return cell[:1] in "\t\r\n" or unicodedata.normalize("NFKC", seen)[:1] in tuple("=+-@")


BEFORE = (
    "",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\u2060",
    "\x1f",
    "\x00",
    " \u200b\n",
)


@fault("F12")
@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹢﹣﹦﹫⁺₌")
def test_a_formula_is_guarded_in_every_width_and_behind_whatever_is_not_seen(sign: str) -> None:
    for before in BEFORE:
        cell = f"{before}{sign}cmd|' /C calc'!A0"
        assert guard_cell(cell) == f"'{cell}", repr(cell)
    assert guard_cell(f"a{sign}1") == f"a{sign}1" and guard_cell("홍길동") == "홍길동"


@fault("F12")
@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1), min_size=1))
def test_no_cell_is_a_formula_and_each_comes_back(texts: list[str]) -> None:
    names = [f"f{n}_id" for n in range(len(texts))]
    data = b"".join(out.csv_file(names, [dict(zip(names, texts, strict=True))]))
    (_, cells) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert not any(may_run(cell) for cell in cells)
    lines = enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True), 1)
    found = [r for r in csv_rows((n, line) for n, line in _by_line_feed(lines))]
    kept = [text.strip().strip("\x1a").strip() for text in texts]
    assert [list(r.data.values()) for r in found if isinstance(r, Row)] == ([kept] if any(kept) else [])


def _by_line_feed(lines: Any) -> Any:
    return enumerate((line + b"\n" for line in b"".join(part for _, part in lines).split(b"\n")[:-1]), 1)


@fault("F9")
@pytest.mark.skipif(not NAUGHTY.exists(), reason="../shared is not here")
def test_naughty_strings_are_stored_exported_and_read_back(container: Container) -> None:
    strings = python_json.loads(gzip.decompress(NAUGHTY.read_bytes()))
    people = [person_row(f"P-{n}", given_name=s, address=s) for n, s in enumerate(strings)]
    lines = begin_import(container, ImportOptions(enqueue=False)).take([Row(n, p) for n, p in enumerate(people)])
    kept = {p["patient_id"]: p for p, line in zip(people, lines, strict=True) if line.result == "new"}
    assert len(kept) > 0.97 * len(strings) and all(line.error for line in lines if line.result == "refused")
    for format_, type_ in (("records", None), ("csv", "patient")):
        rows = [r for r in files.rows(io.BytesIO(written(container, format_, type_))) if isinstance(r, Row)]
        assert len(rows) == len(kept)
        for row in rows:
            wanted = kept[row.data["patient_id"]]["address"]
            assert row.data.get("address", "") == (wanted if wanted.strip() else ""), wanted
        assert set(take(container, *({"type": "patient"} | r.data for r in rows))) == {"unchanged"}
    for line in written(container, "ndjson").split(b"\n")[:-1]:
        found = json.loads(line)
        wanted = kept[found["identifier"][0]["value"]]["address"]
        assert not wanted.strip() or found["address"][0]["text"] == wanted
