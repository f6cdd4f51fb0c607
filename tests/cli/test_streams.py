"""`-` is standard input, be it a pipe or a file, and - for `export` - standard output is a pipe."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import fault

ROOT = Path(__file__).parents[2]


def run(folder: Path, *words: str, **streams: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "fhirdesk", "--data-dir", str(folder / "data"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, **streams)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_import_reads_standard_input(tmp_path: Path, people: Path, kind: str) -> None:
    with people.open("rb") as file:
        given = {"stdin": file} if kind == "file" else {"input": people.read_bytes()}
        done = run(tmp_path, "import", "-", "--json", **given)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [row["key"] for row in rows[:-1]] == ["P-0", "P-1", "P-2"]
    assert rows[-1]["summary"]["new"] == rows[-1]["summary"]["queued"] == 3


def test_a_file_and_standard_input_in_one_import(tmp_path: Path, people: Path) -> None:
    more = people.read_bytes().replace(b"P-", b"Q-")
    done = run(tmp_path, "import", str(people), "-", input=more)
    assert done.returncode == 0, done.stderr
    held = run(tmp_path, "export", "--format", "records").stdout.splitlines()
    assert {json.loads(line)["patient_id"] for line in held} == {f"{p}-{n}" for p in "PQ" for n in range(3)}


@pytest.mark.parametrize("verb", [("convert", "patient", "-"), ("validate", "--json")])
def test_convert_and_validate_read_standard_input(tmp_path: Path, people: Path, verb: tuple[str, ...]) -> None:
    given = people.read_bytes()
    if verb[0] == "validate":
        given = run(tmp_path, "convert", "patient", input=given).stdout
    done = run(tmp_path, *verb, input=given)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3


@fault("G11")
def test_an_export_is_private_whatever_the_umask(tmp_path: Path, people: Path) -> None:
    old = os.umask(0)
    try:
        assert run(tmp_path, "import", str(people)).returncode == 0
        assert run(tmp_path, "export", "-o", str(tmp_path / "out.ndjson")).returncode == 0
    finally:
        os.umask(old)
    held = [tmp_path / "out.ndjson", *(tmp_path / "data").iterdir()]
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in held} == {path.name: "0o600" for path in held}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("given", [b"\xef\xbb\xbfs3cret\r\n", b"s3cret\n", b"\xff\xfe\xb0\n", b"\xef\xbb\xbf\n", b""])
def test_a_secret_from_a_pipe_is_read_as_windows_wrote_it(tmp_path: Path, given: bytes) -> None:
    words = ("--lang", "en", "profile", "add", "clinic", "https://a.example/fhir", "--client-id", "desk")
    done = run(tmp_path, *words, input=given)
    assert done.returncode == (0 if given.strip(b"\xef\xbb\xbf\r\n") else 3), done.stderr


SHORT = (["--help"], ["--version"], ["sample", "--patients", "1"], ["sample", "--patients", "300"], ["nonsense"])


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("words", SHORT, ids=" ".join)
def test_a_reader_that_has_enough_ends_a_verb_quietly(tmp_path: Path, words: list[str], buffered: bool) -> None:
    code, said = written_to(pipe_without_reader(), tmp_path, words, buffered)
    assert (code, said) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize("buffered", [True, False])
def test_a_full_disk_behind_standard_output_is_said(tmp_path: Path, buffered: bool) -> None:
    code, said = written_to(os.open("/dev/full", os.O_WRONLY), tmp_path, ["--version"], buffered)
    assert code == 70 and b"could not be written" in said and b"Traceback" not in said


def pipe_without_reader() -> int:
    read, write = os.pipe()
    os.close(read)
    return write


def written_to(out: int, folder: Path, words: list[str], buffered: bool) -> tuple[int, bytes]:
    """The exit code, and what went to standard error, which otherwise goes where standard output goes."""
    env = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    command = [sys.executable, "-m", "fhirdesk", "--data-dir", str(folder / "data"), *words]
    errors = out if words == ["nonsense"] else subprocess.PIPE
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=errors, timeout=60)
    finally:
        os.close(out)
    return done.returncode, done.stderr or b""
