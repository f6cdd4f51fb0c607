"""Files as clinics have them: out of Excel, old programs, other hospitals' servers. What each holds is read; what would
join two people, or undo what is newer, is refused in words."""

import gzip
import io
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Said

HEAD = "type,patient_id,family_name,given_name,gender,birth_date,address\n"
ROW = "patient,P-1,김,하늘,F,1985-06-15,서울\n"
KOREAN = "patient,P-2,똠,뷁,M,1979-01-02,부산 쀍\n"  # syllables that Windows added to EUC-KR
Bring = Callable[..., Said]


@pytest.fixture
def bring(cli: Cli, tmp_path: Path) -> Bring:
    """Import one file with --json, in English; its lines, the summary last."""

    def call(data: Any, *options: str, name: str = "given") -> Said:
        body = data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else lines(data)
        (tmp_path / name).write_bytes(body)
        return cli("--lang", "en", "--json", "import", *options, tmp_path / name)

    return call


def lines(documents: Any) -> bytes:
    """NDJSON of a list, one document of anything else."""
    many = documents if isinstance(documents, list) else [documents]
    return "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in many).encode()


def summed(said: Said) -> dict[str, int]:
    """new, changed, unchanged and refused, where they are not 0."""
    counts = said.rows[-1]["summary"]
    return {n: counts[n] for n in ("new", "changed", "unchanged", "refused") if counts[n]}


def errors(said: Said) -> list[str]:
    return [row["error"] for row in said.rows[:-1] if row["error"]]


def people(cli: Cli) -> dict[str, dict[str, Any]]:
    """The records that are here, by key."""
    rows = cli("export", "--format", "records", "--type", "patient").rows
    return {row["patient_id"]: {n: v for n, v in row.items() if v is not None} for row in rows}


# -- what a file is written in


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("cp949", "CP949"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_in_the_encoding_that_all_of_it_has(
    bring: Bring, cli: Cli, encoding: str, said: str | None, packed: bool
) -> None:
    body = (HEAD + ROW + KOREAN).encode(encoding)
    given = bring(gzip.compress(body) if packed else body)
    assert summed(given) == {"new": 2}
    assert people(cli)["P-2"]["family_name"] == "똠" and people(cli)["P-2"]["address"] == "부산 쀍"
    notes = given.rows[-1]["notes"]
    assert notes == [] if said is None else (len(notes) == 1 and said in notes[0] and notes[0] in given.err)


def test_one_byte_settles_it_for_rows_that_could_be_utf_8_too(bring: Bring, cli: Cli) -> None:
    body = (HEAD + "patient,P-1,천,채,M,1979-01-02,\n" + ROW.replace("P-1", "P-2")).encode("cp949")
    assert body.split(b"\n")[1].decode() != "patient,P-1,천,채,M,1979-01-02,", "which is another text in UTF-8"
    assert summed(bring(body)) == {"new": 2} and people(cli)["P-1"]["family_name"] == "천"


def test_ndjson_of_old_windows_is_read_too(bring: Bring, cli: Cli) -> None:
    row = {"type": "patient", "patient_id": "P-1", "family_name": "펲", "gender": "F", "birth_date": "1985"}
    assert summed(bring(lines(row).decode().encode("cp949"))) == {"new": 1}
    assert people(cli)["P-1"]["family_name"] == "펲"


@pytest.mark.parametrize(
    "body",
    [
        (HEAD + ROW).encode() + ROW.encode("cp949"),  # two encodings
        HEAD.encode() + "patient,P-1,Müller,André,M,1979-01-02,\n".encode("latin-1"),
        (HEAD + ROW * 40).encode().replace("늘".encode(), b"\xeb\x8a", 1),  # damaged UTF-8
        lines({"type": "patient", "patient_id": "P-1"}) + b'{"a":"\xff"}\n',
    ],
)
def test_what_fits_no_encoding_is_refused_whole_and_in_words(bring: Bring, cli: Cli, body: bytes) -> None:
    said = bring(body)
    assert said.code == 6 and not people(cli) and len(errors(said)) == 1
    assert "UTF-8" in errors(said)[0] and "--encoding" in errors(said)[0] and "codec" not in said.out


def test_an_encoding_that_is_named_is_taken_at_its_word(bring: Bring, cli: Cli) -> None:
    body = (HEAD + "patient,P-1,Müller,André,M,1979-01-02,\n").encode("latin-1")
    assert bring(body, "--encoding", "latin-1").code == 0 and people(cli)["P-1"]["family_name"] == "Müller"
    assert bring((HEAD + KOREAN).encode("cp949"), "--encoding", "euc-kr").code == 0, "as Windows means it"
    assert bring(body, "--encoding", "utf-8").code == 6
    wrong = bring(body, "--encoding", "utf-99")
    assert wrong.code == 2 and "utf-99" in wrong.err and "cp949" in wrong.err


class Pipe(io.RawIOBase):
    """Bytes that come once."""

    def __init__(self, body: bytes):
        self._body = io.BytesIO(body)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._body.readinto(buffer)


@pytest.mark.parametrize("held", [None, 64])
def test_a_stream_is_judged_as_a_file_as_far_as_it_is_held(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, held: int | None
) -> None:
    if held:
        monkeypatch.setattr("fhirdesk.files.streams.HELD", held)
        monkeypatch.setattr("fhirdesk.files.streams.PART", held)
    body = (HEAD + ROW).encode() + KOREAN.encode("cp949")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Pipe(body))))
    said = cli("--lang", "en", "--json", "import", "-")
    assert summed(said) == ({"new": 1, "refused": 1} if held else {"refused": 1})
    assert "the rest was not" in errors(said)[0] if held else "nothing of the file" in errors(said)[0]


# -- tables


@pytest.mark.parametrize(
    "table",
    [
        (HEAD + ROW).replace(",", ";"),
        (HEAD + ROW).replace(",", "\t"),
        (HEAD + ROW).replace(",", "|"),
        "sep=;\n" + (HEAD + ROW).replace(",", ";"),
        "sep=\t\r\n" + (HEAD + ROW).replace(",", "\t"),
        '"sep=;"\n' + (HEAD + ROW).replace(",", ";"),
        ";".join(f'"{name}"' for name in HEAD.strip().split(",")) + "\n" + ROW.replace(",", ";"),
        (HEAD + ROW).replace("\n", "\r"),
        (HEAD + ROW).replace("\n", "\r\r\n"),
        (HEAD + ROW) + "\x1a",
        (HEAD + ROW).replace("\n", "\r\n") + "\x1a" * 100,
        (HEAD + ROW).rstrip("\n") + "\0" * 1000,
        "\n\n" + HEAD + "\n" + ROW + ",,,,,,\n , ,\n",
        HEAD + ROW + HEAD.upper() + "\ufeff" + HEAD,
        HEAD + "patient,P-1   ,김  ,　하늘\u00a0,F ,1985-06-15,서울\0\0\n",
        HEAD.rstrip("\n") + ",,\n" + ROW.rstrip("\n") + ",,\n",
        HEAD + ROW.rstrip("\n") + ",,,\n",
        HEAD + 'patient,="P-1",김,"=""하늘""",F,1985-06-15,서울\n',
    ],
)
def test_a_table_is_read_however_it_was_saved(bring: Bring, cli: Cli, table: str) -> None:
    said = bring(table)
    assert summed(said) == {"new": 1}, said.out
    found = people(cli)["P-1"]
    assert (found["given_name"], found["gender"], found["address"]) == ("하늘", "F", "서울")


def test_digits_that_excel_was_told_are_text_stay_as_they_are(bring: Bring, cli: Cli) -> None:
    head = HEAD.replace("address", "phone")
    bring(head + 'patient,P-1,김,하늘,F,1985-06-15,"=""01000001234"""\n')
    assert people(cli)["P-1"]["phone"] == "01000001234"


def test_a_decimal_comma_in_a_cell_is_no_end_of_it(cli: Cli, tmp_path: Path) -> None:
    head = "type;result_id;patient_id;test_code;test_name;result_value;result_unit;resulted_at"
    (tmp_path / "lab.csv").write_text(
        f'{head}\nlab_result;LR-1;P-1;718-7;Hb, blood;"13.5";g/dL;2026-11-01\n', encoding="utf-8"
    )
    assert cli("import", tmp_path / "lab.csv").code == 0
    (found,) = cli("export", "--format", "records").rows
    assert found["test_name"] == "Hb, blood" and str(found["result_value"]) == "13.5"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (HEAD + 'patient,P-1,"김,하늘,F,1985-06-15,서울\n', "quotation marks"),
        (HEAD + "patient,P-1,김\r하늘,F,1985-06-15,서울,\n", "line break"),
        ("P-1;홍;길동\n", "header of field names"),
        (HEAD.replace("address", "Home Address") + ROW, "Home Address"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"PK\x03\x04" + b"\xff" * 50, "Excel"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_in_words(bring: Bring, table: Any, words: str) -> None:
    said = bring(table)
    assert said.code == 6 and words in errors(said)[0] and "?" not in errors(said)[0]


@pytest.mark.parametrize("key", ["2.02612E+11", "2,02612e+11", "1E+15", "1001.0"])
def test_a_number_that_excel_has_shortened_is_refused(bring: Bring, key: str) -> None:
    rows = f'patient,"{key}",김,하늘,F,1985-06-15,\npatient,"{key}",독고,샛별,M,1979-01-02,\n'
    said = bring(HEAD + rows)
    assert (
        said.code == 6 and all("Excel has shortened" in e and key in e for e in errors(said)) and len(errors(said)) == 2
    )


@pytest.mark.parametrize("key", ["1E5", "E+11", "1.2.840.0", "P-1.0", "12E+3x"])
def test_a_number_that_only_looks_like_one_is_taken(bring: Bring, key: str) -> None:
    assert bring(HEAD + ROW.replace("P-1", key)).code == 0


def test_a_key_of_json_that_is_no_whole_number_is_shortened_too(bring: Bring) -> None:
    said = bring(b'{"type":"patient","patient_id":1001.0,"family_name":"x","gender":"F","birth_date":"1985"}\n')
    assert "1001.0" in errors(said)[0] and "Excel" in errors(said)[0]


# -- one record twice


def test_one_number_twice_in_a_file_with_other_content_is_refused_and_both_lines_named(bring: Bring, cli: Cli) -> None:
    table = HEAD + ROW + ROW.replace("서울", "부산") + ROW
    said = bring(table)
    assert summed(said) == {"new": 1, "unchanged": 1, "refused": 1} and people(cli)["P-1"]["address"] == "서울"
    assert "P-1" in errors(said)[0] and "lines 2 and 3" in errors(said)[0] and "--last-wins" in errors(said)[0]
    assert summed(bring(table.removesuffix(ROW), "--last-wins")) == {"unchanged": 1, "changed": 1}
    assert people(cli)["P-1"]["address"] == "부산"


def test_it_is_noticed_however_far_apart_and_forgotten_with_the_file(bring: Bring, cli: Cli, tmp_path: Path) -> None:
    many = "".join(ROW.replace("P-1", f"P-{n}") for n in range(1, 500))
    said = bring(HEAD + many + ROW.replace("서울", "부산"))
    assert summed(said) == {"new": 499, "refused": 1} and "lines 2 and 501" in errors(said)[0]
    (tmp_path / "other").write_text(HEAD + ROW.replace("서울", "부산"), encoding="utf-8")
    assert summed(cli("--json", "import", tmp_path / "given", tmp_path / "other"))["changed"] == 1


def test_two_resources_without_any_identity_are_two(bring: Bring) -> None:
    baby = {"resourceType": "Patient", "name": [{"text": "김○○ 아기"}], "gender": "female", "birthDate": "2026-11-01"}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": baby}, {"resource": baby}]}
    assert summed(bring([baby, baby])) == {"new": 2}
    assert summed(bring([baby, baby])) == {"unchanged": 2}, "and they are the same two the next time"
    assert summed(bring(bundle)) == {"unchanged": 2}


# -- JSON


def test_a_mark_before_any_line_is_passed_over(bring: Bring) -> None:
    rows = [{"resourceType": "Patient", "id": f"bm{n}", "gender": "female"} for n in range(3)]
    assert summed(bring(b"".join(b"\xef\xbb\xbf" + lines(row) for row in rows))) == {"new": 3}


def test_ndjson_is_told_by_its_first_good_line(bring: Bring, cli: Cli) -> None:
    rows = [
        json.dumps(
            {"type": "patient", "patient_id": f"P-{n}", "family_name": "김", "gender": "F", "birth_date": "1980"}
        )
        for n in range(5)
    ]
    said = bring(",\n".join(rows[:3]) + "\n" + "\n".join(rows[3:]) + "\n\x1a")
    assert summed(said) == {"new": 3, "refused": 2} and [r["line"] for r in said.rows[:2]] == [1, 2]
    assert summed(bring('{"half": \n' + "\n".join(rows))) == {"unchanged": 3, "new": 2, "refused": 1}


@pytest.mark.parametrize("indent", [None, 1])
def test_a_bundle_whose_entries_stand_a_line_each_is_one_document(bring: Bring, indent: int | None) -> None:
    entries = [json.dumps({"resource": {"resourceType": "Patient", "id": str(n)}}, indent=indent) for n in range(2)]
    head = '{"resourceType":"Bundle","type":"collection","entry":[\n'
    assert summed(bring(head + entries[0] + "\n]}\n")) == {"new": 1}
    assert summed(bring(head + ",\n".join(entries) + "\n]\n}\n")) == {"new": 1, "unchanged": 1}


def test_what_is_no_record_is_told_and_not_queued(bring: Bring, cli: Cli) -> None:
    issue = {"severity": "error", "code": "exception", "diagnostics": "export of 1 resource failed"}
    said = bring({"resourceType": "OperationOutcome", "issue": [issue]})
    assert said.code == 6 and "export of 1 resource failed" in errors(said)[0]
    for empty in ({"resourceType": "Bundle", "type": "searchset", "total": 0}, "[]", HEAD):
        said = bring(empty)
        assert said.code == 0 and summed(said) == {} and "no record" in said.err and said.rows[-1]["notes"]
    assert cli("queue", "list", "--json").rows == []


def test_a_part_of_a_resource_takes_nothing_away(bring: Bring, cli: Cli) -> None:
    whole = {
        "resourceType": "Patient",
        "id": "s",
        "birthDate": "1985-06-15",
        "telecom": [{"system": "phone", "value": "1"}],
    }
    part = {"resourceType": "Patient", "id": "s", "name": [{"text": "나"}]}
    tag = {
        "meta": {"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}
    }
    bring(whole)
    for query in ("_elements=name", "_summary=true", "name=x&_summary=data"):
        link = {"relation": "self", "url": f"http://h.example/fhir/Patient?{query}"}
        bundle = {"resourceType": "Bundle", "type": "searchset", "link": [link], "entry": [{"resource": part}]}
        assert "SUBSETTED" in errors(bring(bundle))[0]
    assert "SUBSETTED" in errors(bring(part | tag))[0]
    assert people(cli)["Patient/s"]["phone"] == "1"
    link = {"relation": "self", "url": "http://h.example/fhir/Patient?_summary=false"}
    assert summed(bring({"resourceType": "Bundle", "type": "searchset", "link": [link], "entry": [{"resource": part}]}))


# -- versions


def version(number: Any, phone: str, **meta: str) -> dict[str, Any]:
    """A patient as of some version."""
    known = ({"versionId": str(number)} if number is not None else {}) | meta
    telecom = [{"system": "phone", "value": phone}]
    person = {"resourceType": "Patient", "id": "h", "gender": "female", "telecom": telecom}
    return person | ({"meta": known} if known else {})


def history(*resources: dict[str, Any] | None) -> dict[str, Any]:
    """A history Bundle; None: deleted."""
    url = "http://h.example/fhir/Patient/h"
    made = [
        {"fullUrl": url, "resource": r, "request": {"method": "PUT", "url": "Patient/h"}}
        if r
        else {"fullUrl": url, "request": {"method": "DELETE", "url": "Patient/h"}}
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "history", "entry": made}


@pytest.mark.parametrize(
    "given",
    [
        [version(1, "1"), version(10, "10"), version(9, "9")],
        [version(10, "10"), version(9, "9")],
        [history(version(9, "9"), version(10, "10"), version(1, "1"))],
        [history(version(None, "10"), version(None, "9"))],
        [
            history(
                version("x", "9", lastUpdated="2026-01-01T00:00:00Z"),
                version("y", "10", lastUpdated="2026-01-01T09:00:00.5+09:00"),
            )
        ],
        [history(version(10, "10"), None, version(9, "9"))],
    ],
)
def test_of_several_versions_the_newest_counts(bring: Bring, cli: Cli, given: list[Any]) -> None:
    said = bring(given)
    assert said.code == 0 and [p["phone"] for p in people(cli).values()] == ["10"]
    assert len(cli("queue", "list", "--json").rows) == 1, "the others were not queued"
    assert all(row["notes"] for row in said.rows[:-1] if row["result"] == "unchanged")


def test_an_older_version_than_the_one_here_never_wins(bring: Bring, cli: Cli) -> None:
    bring(version(3, "3"))
    said = bring(version(2, "2"))
    assert summed(said) == {"unchanged": 1} and "older version" in said.rows[0]["notes"][0]
    assert people(cli)["Patient/h"]["phone"] == "3" and summed(bring(version(4, "4"))) == {"changed": 1}


def test_what_was_deleted_at_its_source_is_said_and_deleted_nowhere(bring: Bring, cli: Cli, tmp_path: Path) -> None:
    gone = history(None, version(2, "2"), version(1, "1"))
    said = bring(gone)
    assert not people(cli) and summed(said)["unchanged"] == 3, "its earlier versions are not imported"
    assert "never here" in said.rows[0]["notes"][0] and not marked(tmp_path)
    bring(history(version(2, "2")))
    said = bring(gone)
    assert "deleted where it came from" in said.rows[0]["notes"][0] and len(people(cli)) == 1
    assert marked(tmp_path) == ["h.example/fhir/Patient/h"]
    assert [e["operation"] for e in cli("queue", "list", "--json").rows] == ["create"]
    bring(history(version(4, "4")))
    assert not marked(tmp_path) and cli("store", "verify").code == 0
    late = history(None, version(2, "2"))
    late["entry"][0]["response"] = {"status": "204", "etag": 'W/"3"'}
    assert "older" in bring(late).rows[0]["notes"][0] and not marked(tmp_path)


def marked(tmp_path: Path) -> list[str]:
    """The keys of the records that are marked as gone at their source."""
    (path,) = (tmp_path / "data").glob("*.db")
    with closing(sqlite3.connect(path)) as conn:
        return [key for (key,) in conn.execute("SELECT key FROM record WHERE gone_at IS NOT NULL")]


# -- whose resources they are


def person(name: str, born: str, sex: str = "female", number: str = "", id_: str = "101") -> dict[str, Any]:
    numbers = {"identifier": [{"system": "urn:mrn", "value": number}]} if number else {}
    return {
        "resourceType": "Patient",
        "id": id_,
        "name": [{"family": name}],
        "gender": sex,
        "birthDate": born,
    } | numbers


def result(value: str) -> dict[str, Any]:
    made = {"resourceType": "Observation", "id": "102", "status": "final", "code": {"text": "혈액형"}}
    return made | {"subject": {"reference": "Patient/101"}, "valueString": value}


def searchset(base: str, *resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


A, B = person("김", "1985-06-15", "female", "a-7"), person("박", "1950-01-01", "male", "b-7")


def subjects(cli: Cli) -> dict[str, str]:
    """Each result's value and the patient that it is about."""
    rows = cli("export", "--format", "records", "--type", "lab_result").rows
    return {row["result_value"]: row["patient_id"] for row in rows}


def test_two_servers_people_of_one_id_are_two(bring: Bring, cli: Cli) -> None:
    a, b = "https://a.example.org/fhir", "http://B.example.org:8080/fhir"
    assert summed(bring(searchset(a, A, result("A+")))) == summed(bring(searchset(b, B, result("O-")))) == {"new": 2}
    assert sorted(people(cli)) == ["a.example.org/fhir/Patient/101", "b.example.org:8080/fhir/Patient/101"]
    assert subjects(cli) == {"A+": "a.example.org/fhir/Patient/101", "O-": "b.example.org:8080/fhir/Patient/101"}
    assert summed(bring(searchset(a, A, result("A+")))) == {"unchanged": 2}


def test_what_an_older_version_took_without_its_server_is_the_same_record_still(bring: Bring, cli: Cli) -> None:
    bring([A, result("A+")])
    assert summed(bring(searchset("https://a.example.org/fhir", A, result("A+")))) == {"unchanged": 2}
    assert list(people(cli)) == ["Patient/101"] and subjects(cli) == {"A+": "Patient/101"}
    assert summed(bring(searchset("https://b.example.org/fhir", B, result("O-")))) == {"new": 2}


def test_a_target_of_another_page_of_that_server_is_found(bring: Bring, cli: Cli) -> None:
    a, b = "https://a.example.org/fhir", "https://b.example.org/fhir"
    bring(searchset(b, B))
    bring(searchset(a, result("A+")))
    assert subjects(cli) == {"A+": "a.example.org/fhir/Patient/101"}
    bring(searchset(a, A))
    assert "a.example.org/fhir/Patient/101" in people(cli)


def test_the_profiles_own_server_gives_plain_names(bring: Bring, cli: Cli) -> None:
    bring(searchset("https://own.example.org/fhir", A, result("A+")), "--server", "https://own.example.org/fhir/")
    assert list(people(cli)) == ["Patient/101"] and subjects(cli) == {"A+": "Patient/101"}


def test_files_of_a_named_source_are_its_own(bring: Bring, cli: Cli) -> None:
    assert summed(bring([result("A+"), A], "--from", "north")) == {"new": 2}
    assert summed(bring([B, result("O-")], "--from", "south")) == {"new": 2}
    assert sorted(people(cli)) == ["north:Patient/101", "south:Patient/101"]
    assert subjects(cli) == {"A+": "north:Patient/101", "O-": "south:Patient/101"}


def test_a_person_with_our_number_is_found_by_the_name_of_its_source(bring: Bring, cli: Cli) -> None:
    ours = {"identifier": [{"system": "https://fhir.hospital.com/identifier/patient", "value": "P-9"}]}
    bring(A | ours, "--from", "north")
    bring(result("A+"), "--from", "north")
    bring(result("O-") | {"id": "103"})
    assert subjects(cli) == {"A+": "P-9", "O-": "Patient/101"}, "another source's Patient/101 is not P-9"


@pytest.mark.parametrize("order", [[B, result("O-")], [result("O-"), B], [result("O-"), *({"type": "x"},) * 250, B]])
def test_a_plain_id_that_is_another_person_here_is_refused_with_what_refers_to_it(
    bring: Bring, cli: Cli, order: list[Any]
) -> None:
    bring([A, result("A+")])
    said = bring(order)
    told = [row for row in said.rows[:-1] if row["key"] in ("Patient/101", "Observation/102")]
    assert [row["result"] for row in told] == ["refused"] * 2 and all(
        "--from" in row["error"] and row["code"] == "another_person" for row in told
    )
    assert people(cli)["Patient/101"]["family_name"] == "김" and subjects(cli) == {"A+": "Patient/101"}
    assert summed(bring([B, result("O-")], "--from", "b")) == {"new": 2}


def test_two_people_under_one_id_in_one_import_are_not_joined(cli: Cli, tmp_path: Path) -> None:
    for name, rows in (("a", [A]), ("b", [B]), ("c", [result("?")])):
        (tmp_path / name).write_bytes(lines(rows))
    said = cli("--json", "import", *(tmp_path / name for name in "abc"))
    assert summed(said) == {"new": 1, "refused": 2} and people(cli)["Patient/101"]["family_name"] == "김"


@pytest.mark.parametrize(
    "same",
    [
        person("박", "1985-06-15", "female", "a-7"),
        person("김", "1990-01-01", "male", "b"),
        person("박", "1985-06-15", "male", "b"),
        person("박", "1990-01-01", "male", "a-7"),
        {"resourceType": "Patient", "id": "101", "name": [{"text": "박"}]},
    ],
)
def test_a_correction_of_the_same_person_is_taken(bring: Bring, same: dict[str, Any]) -> None:
    bring(A)
    assert summed(bring(same)) == {"changed": 1}


def test_a_bundle_that_was_exported_comes_back_to_the_same_records(bring: Bring, cli: Cli) -> None:
    bring([person("이", "1970-01-01", id_="5")])
    bring(searchset("https://a.example.org:8080/fhir", A, result("A+")))
    bring([B, result("O-")], "--from", "남쪽 병원")
    before = people(cli), subjects(cli)
    exported = cli("export", "--format", "bundle").out
    assert len({entry["fullUrl"] for entry in json.loads(exported)["entry"]}) == 5
    assert summed(bring(exported)) == {"unchanged": 5}
    assert (people(cli), subjects(cli)) == before


@pytest.mark.parametrize("name", ["", " x", "a/b", "a:b", "a?b", "x" * 61, "a\nb"])
def test_a_name_that_cannot_stand_in_a_key_is_no_source(bring: Bring, cli: Cli, name: str) -> None:
    said = bring([A], "--from", name)
    assert said.code == 2 and "source" in said.err and not people(cli)


# -- the command line


def test_a_pattern_that_the_shell_left_means_its_files(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for n in (2, 1):
        Path(f"{n}.csv").write_text(HEAD + ROW.replace("P-1", f"P-{n}"), encoding="utf-8")
    Path("[x].csv").write_text(HEAD + ROW.replace("P-1", "P-3"), encoding="utf-8")
    said = cli("--json", "import", "?.csv", "[x].csv")
    assert [row["key"] for row in said.rows[:-1]] == ["P-1", "P-2", "P-3"]
    assert cli("convert", "patient", "1*.csv").code == 0
    several = cli("convert", "patient", "*.csv")
    assert several.code == 2 and "*.csv" in several.err and "3" in several.err
    assert cli("import", "*.tsv").code == 6


def test_convert_reads_the_same_files(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes((HEAD + KOREAN).replace(",", ";").encode("cp949"))
    said = cli("convert", "patient", "--lang", "ko", tmp_path / "x.csv")
    assert said.code == 0 and said.rows[0]["name"][0]["family"] == "똠" and "CP949" in json.loads(said.err)["note"]
