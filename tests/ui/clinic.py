"""A small clinic in an open window, without a server."""

import json
from pathlib import Path

from fhirdesk import sample
from tests.ui.conftest import until
from ui.program import Program
from ui.window.main_window import MainWindow


def clinic(path: Path, patients: int = 12) -> Path:
    """People, their visits (every sixth one comes again) and five results each."""
    rows = sample.generate(patients, 7, types={"patient", "encounter", "lab_result"})
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


async def opened(program: Program, *paths: Path) -> MainWindow:
    window = program.window
    window.show()
    await program.session.open()
    if paths:
        window.import_files(list(paths))
        await until(lambda: not window.jobs.is_busy and len(window.patients.table.rows.ids), "an import")
    return window


def cell(window: MainWindow, row: int, name: str) -> str:
    """What the column of that name shows of a patient."""
    table = window.patients.table
    column = [each.name for each in table.rows.columns].index(name)
    return str(table.rows.data(table.rows.index(row, column)) or "")
