"""A real window offscreen, on one qasync loop for the whole run (a second one may crash the interpreter)."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from fhirdesk.core.settings import Settings, load_settings
from ui.program import Program

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    qapp.setQuitOnLastWindowClosed(False)
    made = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(made)
    yield made
    made.close()


@pytest.fixture
def programs() -> list[Program]:
    return []


@pytest.fixture
def run(loop: qasync.QEventLoop, programs: list[Program]) -> Run:
    """Plays a scene; the programs end with it, because nothing may go on while the loop stands still."""

    async def play(scene: Coroutine[Any, Any, Any]) -> None:
        try:
            await asyncio.wait_for(scene, 60)
        finally:
            for program in programs:
                await program.end()

    return lambda scene: loop.run_until_complete(play(scene))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", environ={})


@pytest.fixture
def program(
    qapp: QApplication, loop: qasync.QEventLoop, programs: list[Program], settings: Settings
) -> Iterator[Program]:
    asyncio.set_event_loop(loop)  # a test elsewhere in this process may have run a loop of its own
    made = Program(qapp, settings, lang="en", theme="light")
    programs.append(made)
    yield made
    made.window.tasks.ended = True  # also where no scene was played: its timers begin no read any more
    made.window.deleteLater()


async def until(true: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never came: {what}"
        await asyncio.sleep(0.02)
