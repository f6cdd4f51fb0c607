"""The locks: everything that is installed is named with its hashes, for every Python and system the program is for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
RUNTIME, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
SITE = ROOT / "docs" / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
PLACES = [
    {"python_version": python, "python_full_version": f"{python}.4", "sys_platform": system, "platform_system": name}
    | {"implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": ""}
    for python in PYTHONS
    for system, name in SYSTEMS.items()
]


def entries(lock: Path) -> list[tuple[Requirement, set[str]]]:
    """Every requirement of a lock with its hashes; a line that is neither fails."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    lines = [line for line in joined if line.strip() and not line.startswith("#")]
    return [
        (Requirement(line.split(" --hash")[0]), set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line)))
        for line in lines
    ]


def installed(lock: Path, place: dict[str, str]) -> dict[str, str]:
    """What a lock installs there: name -> version; it says each name once."""
    found: dict[str, str] = {}
    for wanted, _ in entries(lock):
        if wanted.marker is None or Marker(str(wanted.marker)).evaluate(place):
            name, version = canonicalize_name(wanted.name), str(wanted.specifier).removeprefix("==")
            assert found.setdefault(name, version) == version, f"{name} twice at {place}"
    return found


def declared(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines if not line.startswith("fhirdesk[")]


@pytest.mark.parametrize("lock", (RUNTIME, DEV, SITE), ids=lambda lock: lock.relative_to(ROOT).as_posix())
def test_every_line_has_an_exact_version_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    for wanted, hashes in entries(lock):
        assert re.fullmatch(r"==[^,*]+", str(wanted.specifier)), wanted
        assert hashes and wanted.url is None, wanted


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['python_version']}-{place['sys_platform']}")
def test_the_locks_hold_what_the_project_asks_for_on_every_python_and_system(place: dict[str, str]) -> None:
    for lock, extras in ((RUNTIME, ("build",)), (DEV, ("build", "dev"))):
        there = installed(lock, place)
        for wanted in declared(*extras):
            if wanted.marker is None or wanted.marker.evaluate(place):
                assert wanted.specifier.contains(there[canonicalize_name(wanted.name)]), (lock.name, wanted)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['python_version']}-{place['sys_platform']}")
def test_the_tests_run_on_what_people_get(place: dict[str, str]) -> None:
    assert installed(RUNTIME, place).items() <= installed(DEV, place).items()


def test_qt_below_python_3_12_is_one_that_does_not_abort_there() -> None:
    versions = {place["python_version"]: installed(RUNTIME, place)["pyside6-essentials"] for place in PLACES}
    assert tuple(map(int, versions["3.11"].split(".")))[:2] < (6, 12)
