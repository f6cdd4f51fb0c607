"""What is done otherwise on Windows, with Windows' own calls stood in for: nobody ran the rest there yet."""

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from fhirdesk.core import clock
from fhirdesk.store.sqlite import data_folder, file_lock
from tests.marks import fault

LK_NBLCK = 2


def on_windows(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """That module as it is loaded there."""
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location(f"{module.__name__}_there", str(module.__file__))
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@fault("A5")
def test_a_lock_is_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[tuple[int, int]] = []

    def locking(_file: int, mode: int, count: int) -> None:
        if held:
            raise PermissionError(13, "another process has it")
        held.append((mode, count))

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=LK_NBLCK))
    there = on_windows(file_lock, monkeypatch)
    first, second = (there.FileLock(tmp_path / "window.lock") for _ in range(2))
    assert first.try_acquire() and held == [(LK_NBLCK, 1)]
    assert not second.try_acquire() and first.is_held and not second.is_held
    first.release()
    held.clear()
    assert second.try_acquire()
    second.release()


@fault("B10")
@pytest.mark.parametrize(("kind", "share"), [(3, ""), (4, "cifs")])
def test_a_network_drive_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: int, share: str) -> None:
    import ctypes

    kernel = SimpleNamespace(GetDriveTypeW=lambda _root: kind)  # 3: fixed, 4: remote
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert data_folder.detect_file_system(tmp_path) == share


def test_time_goes_on_without_a_clock_that_counts_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.delattr(time, "clock_gettime", raising=False)
    there = on_windows(clock, monkeypatch)
    assert there.BOOT is None
    assert abs(there.Clock().now() - time.time()) < 1
