"""The wheel: every module and every asset is in it, nothing else is, and its scripts are there."""

import configparser
import importlib.util
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("fhirdesk", "ui", "resources")
SCRIPTS = {"gui_scripts": {"fhirdesk": "ui.app:main"}, "console_scripts": {"fhirdesk-cli": "fhirdesk.cli:main"}}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed: make test does")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
    (built,) = folder.glob("fhirdesk-*-py3-none-any.whl")
    return zipfile.Path(built)


def files(wheel: zipfile.Path) -> set[str]:
    return {name for name in wheel.root.namelist() if not name.endswith("/")}


def test_the_wheel_holds_every_module_and_asset_and_nothing_else(wheel: zipfile.Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, capture_output=True, text=True)
    here = set(filter(None, tracked.stdout.split("\0")))
    if tracked.returncode or not here:
        pytest.skip("not a checkout of git")
    held = {name for name in files(wheel) if not name.split("/")[0].endswith(".dist-info")}
    assert held - here == set() and here - held == set()
    kinds = {"gz": "fhirdesk/r4", "mo": "fhirdesk/i18n/locale", "svg": "resources/icons", "ttf": "resources/fonts"}
    for kind, folder in (kinds | {"qss": "resources/styles", "json": "resources/styles"}).items():
        assert any(name.startswith(folder) and name.endswith(f".{kind}") for name in held), kind


def test_the_wheels_scripts_are_functions_of_the_program(wheel: zipfile.Path) -> None:
    (place,) = (name for name in files(wheel) if name.endswith(".dist-info/entry_points.txt"))
    told = configparser.ConfigParser()
    told.read_string((wheel / place).read_text(encoding="utf-8"))
    assert {section: dict(told[section]) for section in told.sections()} == SCRIPTS
    for module, _, function in (target.partition(":") for group in SCRIPTS.values() for target in group.values()):
        assert callable(getattr(import_module(module), function))


def test_the_wheel_carries_its_licences(wheel: zipfile.Path) -> None:
    told = {name.partition("/licenses/")[2] for name in files(wheel) if "/licenses/" in name}
    fonts = {f"resources/fonts/{font}-OFL.txt" for font in ("JetBrainsMono", "Pretendard")}
    assert told == {"LICENSE", "resources/icons/lucide/LICENSE", *fonts}


def test_pre_commit_runs_what_make_lint_runs() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    commands = {part.partition("#")[0].strip() for line in recipe.splitlines()[1:] for part in line.split("&&")}
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = {line.split("entry: .venv/bin/")[1] for line in hooks.splitlines() if "entry: " in line}
    plain = {entry.removesuffix(" --force-exclude") for entry in entries}
    assert plain == {command.removeprefix("$(BIN)/").replace(" --check", "").removesuffix(" .") for command in commands}
    assert "repo: local" in hooks and "http" not in hooks
