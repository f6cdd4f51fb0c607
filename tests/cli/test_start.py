"""A look at the queue starts fast: it loads nothing that it does not use."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY: tuple[str, ...] = (
    "httpx2",
    "starlette",
    "jsonschema_rs",
    "fhir",
    "alembic",
    "fhirdesk.converters.registry",
    "fhirdesk.r4.check",
)
HEAVY += ("fhirdesk.files", "fhirdesk.sample", "fhirdesk.sandbox", "fhirdesk.app.converting")
LOADED = "import sys; from fhirdesk.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"


@pytest.mark.parametrize("verb", ["queue stats", "metrics"])
def test_a_look_loads_nothing_that_it_does_not_use(verb: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOADED, "--data-dir", str(tmp_path), *verb.split()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # makes the database, which loads Alembic
    modules = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stderr.split()
    assert "fhirdesk.store.database.sqlite_store" in modules
    assert not set(HEAVY) & set(modules)
