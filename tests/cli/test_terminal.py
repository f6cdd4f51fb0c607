"""What came from a server, a file or a name never acts on the terminal, and no console ends a verb: every verb, raw."""

import ast
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from fhirdesk.cli.parser import parse
from tests.cli.conftest import Cli
from tests.cli.every_verb import MARK
from tests.factories import person_fields
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply

ROOT = Path(__file__).parents[2]
EVIL = "\x1b]52;c;aGk=\x07\x1b[2J\x1b[31m\r\nfaked line\0\x08\x9b5m\u202eright\u2066\u200b\u2028\x7f\U000e0041✓가"
NAME = "홍\u202e\u2066\u200b\u2028\x9b5m\x7f"  # what a name may hold in a file
ARGUMENT = EVIL.replace("\0", "")
MANY = ("retry", "cancel", "discard", "hold", "release")


def unsafe(text: str) -> set[str]:
    """Controls but the line end, line separators, what turns or hides."""
    return {
        c
        for c in text
        if c != "\n" and (unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") or c in "\u202e\u2066\u200b")
    }


def refuse(asked: RecordedRequest) -> Reply | None:
    """Every write is refused in hostile words; a read that is asked for a version says so, too."""
    if asked.method in ("POST", "PUT"):
        issue = {
            "severity": "error",
            "code": EVIL,
            "details": {"text": EVIL},
            "diagnostics": EVIL,
            "expression": [EVIL],
        }
        return Reply(422, {"resourceType": "OperationOutcome", "issue": [issue]})
    if asked.path == "metadata":
        made = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1" + EVIL, "software": {"name": EVIL}}
        return Reply(200, made | {"rest": [{"mode": "server", "resource": [{"type": "Patient"}]}]})
    return None


@dataclass
class Clinic:
    """A data folder with hostile records and refusals, and its server."""

    folder: Path
    server: FakeFhirServer
    entries: list[str]
    files: dict[str, str]

    def calls(self) -> Iterator[list[str]]:
        """Every verb, with hostile words of its own."""
        entry, other, bad = self.entries[0], self.entries[1], ARGUMENT
        yield from (["import", self.files["people"]], ["import", self.files["broken"], bad], ["convert", bad])
        yield from (["convert", "patient", self.files["people"]], ["convert", "patient", self.files["broken"]])
        yield from (["validate", self.files["people"]], ["validate", self.files["broken"]], ["validate", bad])
        for format_ in ("ndjson", "bundle", "records", "csv"):
            yield ["export", "--type", "patient", "--format", format_]
        yield from (
            ["export", "--type", bad],
            ["export", "-o", f"/nowhere/{bad.replace('/', '')}"],
            ["check"],
            ["metrics"],
        )
        yield from (["preview", "patient", "P-1"], ["preview", "patient", "P-1", "--request"], ["preview", bad, bad])
        yield from (["edit", "patient", "P-1", "--phone", bad], ["edit", "patient", bad, "--phone", "1"])
        yield from (
            ["sample", "--patients", "1"],
            ["sample", "--types", bad],
            ["sync", "patient", "P-1"],
            ["sync", bad, bad],
        )
        yield from (
            ["sync-all"],
            ["sync-all", "--since", bad],
            ["drain"],
            ["drain", "--for", bad],
            ["metrics", "--prometheus"],
        )
        yield from (
            ["queue", *words] for words in (["list"], ["list", "--search", bad], ["stats"], ["causes"], ["pause"])
        )
        yield from (["queue", *words] for words in (["show", entry], ["show", bad], ["why", entry], ["why", bad]))
        yield from (
            ["queue", *words] for words in (["resume"], ["resume", "--forget-ids"], ["chain", "P-1"], ["chain", bad])
        )
        for verb in MANY:
            reason = ["--reason", bad] if verb == "discard" else []
            yield from (["queue", verb, *reason, bad], ["queue", verb, *reason, "--search", bad, "--status", "failed"])
        yield from (["queue", "retry", "--type", "patient"], ["queue", "edit", other, f"given_name={bad}"])
        yield from (["queue", "edit", bad, f"{bad}=1"], ["queue", "edit", entry, bad])
        yield from (["queue", "resolve", entry, "--absent"], ["queue", "resolve", bad, "--arrived", bad])
        yield from (
            ["profile", "add", bad, bad],
            ["profile", "add", bad, "https://a.example/fhir"],
            ["profile", "list"],
        )
        yield from (
            ["profile", "move", bad, bad],
            ["profile", "move", bad, "https://b.example/fhir"],
            ["profile", "use", bad],
            ["profile", "use", f"no{bad}"],
            ["profile", "add", bad, "--key-file", bad],
            ["profile", "jwks", bad],
            ["profile", "rotate", bad],
            ["profile", "remove", bad],
            ["profile", "use", "default"],
        )
        yield from (
            ["store", "verify"],
            ["store", "accept", "--yes"],
            ["store", "salvage", bad, "--yes"],
            ["store", "renew"],
        )
        yield from (
            ["sandbox", "--port", "99999"],
            [bad],
            ["queue", bad],
            ["--help"],
            ["queue", "--help"],
            ["--version"],
        )
        yield from (
            ["metrics", "--profile", bad],
            ["check", "--server", bad],
            ["check", "--env-file", bad],
            ["check", "--lang", bad],
        )


@pytest.fixture
def clinic(cli: Cli, tmp_path: Path) -> Iterator[Clinic]:
    people = [person_fields(f"P-{n}", family_name=NAME) for n in (1, 2)]
    people += [people[0] | {"patient_id": NAME}]
    files = {
        "people": people,
        "broken": [
            people[0] | {"patient_id": EVIL},
            people[0] | {"gender": EVIL},
            {EVIL: EVIL},
            people[0] | {"type": EVIL},
        ],
    }
    paths = {name: tmp_path / f"{name}.ndjson" for name in files}
    for name, rows in files.items():
        paths[name].write_bytes(
            b"".join(
                json.dumps(r | {"type": r.get("type", "patient")}, ensure_ascii=False).encode() + b"\n" for r in rows
            )
        )
    with FakeFhirServer() as server:
        server.script = lambda asked: refuse(asked) if asked.path != "metadata" else None
        assert cli("import", paths["people"]).code in (0, 1)
        cli("drain", "--server", server.url, "--until-empty")
        entries = [row["entry"] for row in cli("queue", "list", "--json").rows]
        server.script = refuse
        yield Clinic(tmp_path / "data", server, entries, {name: str(path) for name, path in paths.items()})


def run(clinic: Clinic, encoding: str, lang: str, calls: list[list[str]]) -> list[tuple[list[str], int, bytes, bytes]]:
    """Each call with its exit code and what it put on standard output and error."""
    common = ["--data-dir", str(clinic.folder), "--server", clinic.server.url, "--lang", lang]
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    given = json.dumps([[*common, *words] for words in calls])
    command = [sys.executable, "-m", "tests.cli.every_verb"]
    done = subprocess.run(command, cwd=ROOT, env=env, input=given.encode(), capture_output=True, timeout=170)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    *outs, codes = done.stdout.split(MARK)
    return list(zip(calls, json.loads(codes), outs, done.stderr.split(MARK), strict=False))


@fault("H3")
@pytest.mark.parametrize(("encoding", "lang"), [("utf-8", "en"), ("cp949", "ko"), ("cp1252", "en"), ("ascii", "ko")])
def test_no_verb_lets_a_text_act_on_the_terminal_or_ends_for_a_character(
    clinic: Clinic, encoding: str, lang: str
) -> None:
    calls = list(clinic.calls())
    for words, code, out, err in run(clinic, encoding, lang, calls):
        where = (words, code, out, err)
        assert code != 70 or words[:2] == ["store", "verify"], where
        as_shown = encoding if encoding == "cp949" else "utf-8"
        is_data = words[0] in ("export", "convert", "validate", "preview", "sample")
        for raw in (out, err):
            if "csv" in words:
                continue
            text = raw.decode("utf-8" if is_data and raw.lstrip()[:1] == b"{" else as_shown).replace(os.linesep, "\n")
            assert not unsafe(text), where
            assert not any(line.lstrip().startswith("faked") for line in text.splitlines()), where


@fault("H3")
def test_json_stays_json_and_keeps_the_text(clinic: Clinic) -> None:
    calls = [["--json", *words] for words in clinic.calls() if not {"csv", "--help", "--version", "-o"} & {*words}]
    seen = 0
    for words, _, out, err in run(clinic, "cp1252", "ko", calls):
        assert not unsafe((out + err).decode().replace(os.linesep, "\n")), (words, out)
        told = out.decode() if words[1] != "preview" else out.decode().replace("\n", " ")
        if "bundle" in words or "--prometheus" in words:
            continue
        for line in told.splitlines():
            seen += "\u202e" in json.dumps(json.loads(line), ensure_ascii=False)
    assert seen >= 5


def test_every_verb_is_driven(clinic: Clinic) -> None:
    grammar = ast.parse((ROOT / "fhirdesk" / "cli" / "grammar.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(grammar) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    verbs = {text for text in texts if re.fullmatch(r"[a-z_]+:[a-z_]+", text)}
    driven = set()
    for words in clinic.calls():
        with suppress(SystemExit):
            driven.add(parse(words).run)
    assert len(verbs) > 25 and verbs - driven == set()
