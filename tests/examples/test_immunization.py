"""The plug-in of `examples/immunization`: installed as a package is, it imports, converts, is checked and arrives."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.examples.conftest import EXAMPLES, ROOT, Run
from tests.factories import person_row

PACKAGE = EXAMPLES / "immunization"
ROWS = """immunization_id,patient_id,vaccine_code,vaccine_name,status,given_on,dose,dose_unit,reason
V-1,P-1,08,Hep B,given,2026-03-02,0.50,mL,
V-2,P-1,,MMR,not_given,2026-03-02,,,fever
V-3,P-1,,MMR,not_given,2026-03-02,,,
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package is installed: its wheel, unpacked, with its metadata and entry point."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed: make test does")
    built, site = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(words, check=True, cwd=PACKAGE, capture_output=True, timeout=120)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    return site


@pytest.mark.slow
def test_its_rows_import_convert_are_right_and_arrive(site: Path, run: Run, server: Sandbox) -> None:
    cli = (sys.executable, "-m", "fhirdesk")
    path = {"PYTHONPATH": str(site)}
    converted = run(*cli, "convert", "immunization", given=ROWS, **path)
    assert [json.loads(line)["resourceType"] for line in converted.stdout.splitlines()] == ["Immunization"] * 2
    assert json.loads(converted.stderr.splitlines()[-1])["field"] == "reason"
    checked = run(*cli, "--json", "validate", given=converted.stdout, **path)
    assert checked.returncode == 0 and checked.stdout.count('"valid":true') == 2
    assert run(*cli, "import", "-", given=json.dumps(person_row("P-1")), **path).returncode == 0
    imported = run(*cli, "--json", "import", "-", "--type", "immunization", given=ROWS, **path)
    assert imported.returncode == 1 and json.loads(imported.stdout.splitlines()[-1])["summary"]["queued"] == 2
    assert run(*cli, "drain", "--until-empty", **path).returncode == 0
    assert [write["type"] for write in server.journal()] == ["Patient", "Immunization", "Immunization"]


@pytest.mark.slow
def test_without_the_package_its_entries_wait_and_nothing_breaks_off(site: Path, run: Run, server: Sandbox) -> None:
    cli, path = (sys.executable, "-m", "fhirdesk"), {"PYTHONPATH": str(site)}
    assert run(*cli, "import", "-", given=json.dumps(person_row("P-1")), **path).returncode == 0
    assert run(*cli, "import", "-", "--type", "immunization", given=ROWS, **path).returncode == 1
    without = run(*cli, "drain", "--until-empty")
    assert without.returncode == 1 and without.stderr == "" and "2 held" in without.stdout
    assert "install its plug-in" in run(*cli, "queue", "list", "--type", "immunization").stdout
    assert [write["type"] for write in server.journal()] == ["Patient"]
    assert run(*cli, "queue", "release", "--type", "immunization", "--status", "held", "--yes", **path).returncode == 0
    assert run(*cli, "drain", "--until-empty", **path).returncode == 0
    assert [write["type"] for write in server.journal()] == ["Patient", "Immunization", "Immunization"]


def test_its_own_tests_pass_where_it_is_installed(site: Path) -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(PACKAGE / "tests")]
    environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "PYTHONUTF8": "1"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=site, timeout=120)
    assert done.returncode == 0 and "5 passed" in done.stdout, done.stdout + done.stderr
