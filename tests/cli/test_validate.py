"""The verb `validate` on files as they come: one document, lines, Bundles, what is no JSON, what is packed."""

import gzip
import io
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fhirdesk import files
from fhirdesk.app import validation
from tests.r4.corpus import documents

PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female"}
WRONG = {"resourceType": "Patient", "id": "p2", "gender": "F"}
COMMAND = [sys.executable, "-m", "fhirdesk", "--json", "validate"]


def validate(data: bytes, *words: str) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run([*COMMAND, *(words or ("-",))], input=data, capture_output=True, timeout=60)
    assert b"Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def lines(*found: object) -> bytes:
    return b"".join(json.dumps(f).encode() + b"\n" for f in found)


def test_each_line_that_is_not_blank_gets_a_verdict_and_its_physical_line() -> None:
    code, verdicts = validate(lines(PATIENT) + b"\n  \n{bad\n" + lines(WRONG))
    assert code == 6
    assert [(v["line"], v["resource_type"], v["id"], v["valid"]) for v in verdicts] == [
        (1, "Patient", "p1", True),
        (4, None, None, False),
        (5, "Patient", "p2", False),
    ]
    assert verdicts[1]["issues"][0]["code"] == "structure"
    issue = verdicts[2]["issues"][0]
    assert (issue["severity"], issue["code"], issue["expression"]) == ("error", "code-invalid", "Patient.gender")
    assert "female" in issue["text"]


def test_a_broken_first_line_does_not_swallow_the_others() -> None:
    for broken in (b'{"resourceType": "Pat\n', b'{"resourceType":\n', b"[\n", b"{\n"):
        code, verdicts = validate(broken + lines(PATIENT, PATIENT))
        assert code == 6
        assert [v["valid"] for v in verdicts] == [False, True, True], broken


def test_one_document_over_several_lines_gets_one_verdict() -> None:
    code, verdicts = validate(b"\n" + json.dumps(PATIENT, indent=2).encode() + b"\n\n")
    assert (code, [(v["line"], v["valid"]) for v in verdicts]) == (0, [(2, True)])


def test_a_bundle_gets_one_for_itself_and_one_an_entry() -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": WRONG}]}
    code, verdicts = validate(json.dumps(bundle, indent=1).encode())
    assert code == 6
    assert [(v.get("entry"), v["resource_type"], v["valid"]) for v in verdicts] == [
        (None, "Bundle", True),
        (0, "Patient", True),
        (1, "Patient", False),
    ]
    code, verdicts = validate(lines(bundle, PATIENT))
    assert [(v["line"], v["valid"]) for v in verdicts] == [(1, False), (2, True)]
    assert verdicts[0]["issues"][0]["expression"] == "Bundle.entry[1].resource.gender"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\n",
        b"\xef\xbb\xbf",
        b'{"resourceType":"Patient","id":"a","id":"b"}',
        b'{"resourceType":"Patient","birthDate":"\\ud800"}',
        b'{"resourceType":"Patient","language":"\xff"}',
        b'{"resourceType":"Observation","valueInteger":NaN}',
        b'{"resourceType":"Patient"}\n {\xef\xbb\xbf"resourceType":"Patient"}',
        b'{"resourceType":"Patient","extension":' + b'[{"extension":' * 5000 + b"1" + b"}]" * 5000 + b"}",
        b"[" * 100000,
        b"<Patient/>",
        b"\x00",
        b"\x1f\x8b\x08broken",
    ],
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    code, verdicts = validate(data)
    assert code == 6
    assert verdicts and not verdicts[-1]["valid"] and verdicts[-1]["issues"][0]["text"]


def test_a_byte_order_mark_at_the_beginning_of_a_line_is_passed_over() -> None:
    marked = b"\xef\xbb\xbf" + lines(PATIENT)
    assert validate(marked)[0] == 0
    assert validate(marked * 2)[0] == 0


def test_packed_files_and_missing_ones(tmp_path: Path) -> None:
    packed = tmp_path / "records"
    packed.write_bytes(gzip.compress(lines(PATIENT, WRONG)))
    code, verdicts = validate(b"", str(packed))
    assert (code, [v["valid"] for v in verdicts]) == (6, [True, False])
    assert validate(packed.read_bytes())[1] == verdicts
    assert validate(b"", str(tmp_path / "nowhere"))[0] == 6


def test_words_are_korean_when_asked() -> None:
    _, verdicts = validate(lines(WRONG), "-", "--lang", "ko")
    assert "코드" in verdicts[0]["issues"][0]["text"]


def test_a_long_stream_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    """64 MB as lines; the first is broken, so that nothing may wait for its end."""
    path = tmp_path / "long.ndjson"
    wide = lines({**PATIENT, "address": [{"line": ["x" * 1000]}]})
    with path.open("wb") as file:
        file.write(b'{"resourceType":"Patient",\n')
        for _ in range(60):
            file.write(wide * 1000)
    limit = 400 * 1024 * 1024  # address space, shared libraries included

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    done = subprocess.run([*COMMAND, str(path)], capture_output=True, timeout=120, preexec_fn=bound)
    assert done.returncode == 6
    assert done.stdout.count(b'"valid":true') == 60000


def test_the_json_test_suite() -> None:
    """n_ is refused; y_ is JSON, though no resource: a verdict, no crash."""
    for where, body in documents("adverse/json_test_suite.tar.gz"):
        name = where.rsplit("/", 1)[-1]
        verdicts = [v for document in files.documents(io.BytesIO(body)) for v in validation.verdicts(document, "en")]
        assert verdicts and not any(v["valid"] for v in verdicts), name
        if name.startswith("y_") and "duplicated" not in name:
            assert verdicts[0]["issues"][0]["text"].startswith(("A FHIR resource", "resourceType is missing")), name
