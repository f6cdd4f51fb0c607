"""Record types of others: a package that is installed beside the program, and one that is broken."""

import json
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fhirdesk.converters.moved_names import MOVED

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "converters.md"
ROW = {"vital_id": "V-1", "patient_id": "P-1", "name": "맥박", "value": "72.0", "unit": "/min", "status": "done"}
BROKEN = "raise RuntimeError('no such library')\n"
TAKEN = "from fhirdesk.converters.types.patient import *\nfrom fhirdesk.converters.types.patient import OWNED, TYPE\n"
FAILS = """from fhirdesk.core.records import Field, Kind, RecordType
TYPE = RecordType("odd", "odd_id", "odd", (Field("odd_id", Kind.KEY, required=True),), ("Basic",))
OWNED = ()
def to_resource(record, context): return {}["odd"]
def to_fields(resource, context): return {}
"""


def install(site: Path, name: str, source: str, point: str) -> None:
    """A package as pip leaves it: a module and its metadata."""
    (site / f"{name}.py").write_text(source)
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[fhirdesk.converters]\n{point} = {name}\n")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Where packages are installed: the one of the walk-through, letter by letter, and three that cannot be used."""
    site = tmp_path / "site"
    site.mkdir()
    install(site, "fhirdesk_vital_sign", examples()[0], "vital_sign")
    install(site, "fhirdesk_broken", BROKEN, "broken")
    install(site, "fhirdesk_taken", TAKEN, "patient")
    install(site, "fhirdesk_odd", FAILS, "odd")
    return site


def examples() -> list[str]:
    """The Python of docs/converters.md: the module, then its test."""
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def run(site: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fhirdesk", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1"}
    return subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=120, encoding="utf-8"
    )


def test_a_type_of_others_converts_and_a_broken_one_is_named(site: Path) -> None:
    done = run(site, "convert", "vital_sign", given=json.dumps(ROW))
    made = json.loads(done.stdout)
    assert done.returncode == 0 and '"value":72.0' in done.stdout
    assert made["subject"] == {"reference": "Patient/P-1"} and made["status"] == "final"
    assert "fhirdesk_broken" in done.stderr and "RuntimeError" in done.stderr
    assert "fhirdesk_taken" in done.stderr and "Traceback" not in done.stderr


def test_its_bad_rows_name_the_field_and_one_that_breaks_off_refuses_the_record(site: Path) -> None:
    done = run(site, "convert", "vital_sign", given=json.dumps(ROW | {"status": "perhaps"}))
    assert json.loads(done.stderr.splitlines()[-1])["field"] == "status" and done.returncode == 6
    done = run(site, "convert", "odd", given='{"odd_id":"O-1"}')
    assert done.returncode == 6 and "KeyError" in done.stderr and "Traceback" not in done.stderr


def test_the_test_of_the_walk_through_passes_as_it_is_written(site: Path) -> None:
    (site / "test_vital_sign.py").write_text(examples()[1], encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_vital_sign.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=site, timeout=120)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


OLD_IMPORTS = {  # what a plug-in for the old paths begins with → the path that it is told to use
    "from fhirdesk.converters.base import Owned": ("fhirdesk.converters.base", "fhirdesk.converters.context"),
    "import fhirdesk.records": ("fhirdesk.records", "fhirdesk.core.records"),
    "from fhirdesk.converters import links": ("fhirdesk.converters.links", "fhirdesk.converters.references"),
    "from fhirdesk.converters.overlay import lay_over": ("fhirdesk.converters.overlay", "fhirdesk.converters.merge"),
    "from fhirdesk.converters.values import filled": (
        "fhirdesk.converters.values.filled",
        "fhirdesk.converters.values.without_empty",
    ),
    "from fhirdesk.converters import times; BEFORE = times.before": (
        "fhirdesk.converters.times.before",
        "fhirdesk.converters.times.is_before",
    ),
}


@pytest.mark.parametrize("line", OLD_IMPORTS)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_one_for_the_old_paths_is_told_what_to_change(tmp_path: Path, line: str, lang: str) -> None:
    install(tmp_path, "fhirdesk_older", f"{line}\n{FAILS}", "odd")
    row = '{"patient_id":"P-1","family_name":"홍","gender":"M","birth_date":"1985-06-15"}'
    done = run(tmp_path, "--lang", lang, "convert", "patient", given=row)
    assert done.returncode == 0 and json.loads(done.stdout)["resourceType"] == "Patient", done.stderr
    old, new = OLD_IMPORTS[line]
    assert "fhirdesk_older" in done.stderr and "docs/converters.md" in done.stderr
    assert (f"{old} is now {new}" if lang == "en" else f"{old} 은(는) 이제 {new}") in done.stderr
    assert "Traceback" not in done.stderr


def test_each_path_of_the_table_is_there_and_in_the_walk_through() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for old, new in MOVED.items():
        assert f"| `{old}` | `{new}` |" in guide
        assert pkgutil.resolve_name(new)
        with pytest.raises((ImportError, AttributeError)):
            pkgutil.resolve_name(old)


WINDOW = """
import asyncio, json, sys
from pathlib import Path
import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from fhirdesk.core.settings import load_settings
from tests.ui.conftest import until
from ui.program import Program

app = QApplication([])
loop = qasync.QEventLoop(app)
asyncio.set_event_loop(loop)

async def scene():
    program = Program(app, load_settings(data_dir=Path(sys.argv[1]), environ={}), lang="en", theme="light")
    window = program.window
    window.show()
    await program.session.open()
    queue, preview = window.queue, window.preview
    model = queue.table.model()
    await until(lambda: len(queue.table.rows.ids) == 1, "the entry")
    cells = lambda: [model.index(1, column).data() for column in range(model.columnCount())]  # 0: the section's title
    await until(lambda: "vital_sign" in str(cells()), "its row")
    preview.show_record("vital_sign", "V-1")
    await until(lambda: preview.view, "its preview")
    print(json.dumps({
        "kinds": [queue.types.itemData(n) for n in range(queue.types.count())],
        "row": cells(),
        "tip": model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole),
        "shown": preview.view.resource_type,
        "fields": [o.field for o in preview.view.origins if o.path == "valueQuantity.value"],
        "issues": len(preview.view.issues),
        "foot": preview.foot.text(),
        "problems": [p.params["name"] for p in await program.session.desk.records.find_plugin_problems()],
    }))
    await program.end()

with loop:
    loop.run_until_complete(asyncio.wait_for(scene(), 60))
"""


@pytest.mark.slow
def test_its_records_wait_behind_their_patient_in_the_queue_and_in_the_window(site: Path, tmp_path: Path) -> None:
    options = ("--data-dir", str(tmp_path / "data"), "--json")
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps(ROW))
    done = run(site, "import", str(rows), "--type", "vital_sign", *options)
    assert json.loads(done.stdout.splitlines()[0])["result"] == "new", done.stderr
    (entry,) = [json.loads(line) for line in run(site, "queue", "list", *options).stdout.splitlines()]
    assert (entry["type"], entry["key"], entry["status"]) == ("vital_sign", "V-1", "held")
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", WINDOW, str(tmp_path / "data")]
    window = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=120)
    assert window.returncode == 0, window.stderr[-2000:]
    seen = json.loads(window.stdout.splitlines()[-1])
    assert "vital_sign" in seen["kinds"] and "vital_sign" in str(seen["row"]) and "V-1" in seen["tip"]
    assert (seen["shown"], seen["fields"], seen["issues"]) == ("Observation", ["value"], 0)
    assert "Valid R4" in seen["foot"] and "broken" in seen["problems"]
