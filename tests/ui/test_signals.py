"""A signal ends the window as Quit does: the answer in flight arrives, nothing is left half."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.cli import main
from tests.factories import person_row
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.ui.conftest import Run, until
from ui.signals import Signals

ROOT = Path(__file__).parents[2]


@fault("A9")
def test_sigterm_lets_the_answer_in_flight_arrive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reached, go = threading.Event(), threading.Event()

    def hold(asked: RecordedRequest) -> Reply | None:
        if asked.method == "POST":
            reached.set()
            go.wait(20)
        return None

    def cli(*words: Any) -> str:
        assert main(["--data-dir", str(tmp_path / "data"), "--json", *map(str, words)]) == 0
        return capsys.readouterr().out

    file = tmp_path / "people.ndjson"
    file.write_text(json.dumps(person_row()) + "\n", encoding="utf-8")
    cli("import", file)
    with FakeFhirServer() as server:
        server.script = hold
        words: list[str | Path] = [sys.executable, "main.py", "--data-dir", tmp_path / "data", "--server", server.url]
        window = subprocess.Popen(words, cwd=ROOT, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
        try:
            assert reached.wait(30)
            window.send_signal(signal.SIGTERM)
            threading.Timer(0.3, go.set).start()
            assert window.wait(20) == 0
        finally:
            go.set()
            window.kill()
        assert len(server.held) == 1
    assert json.loads(cli("queue", "stats"))["completed"] == 1


def test_a_signal_wakes_the_loop_and_is_given_back(run: Run) -> None:
    async def scene() -> None:
        asked: list[bool] = []
        before = signal.getsignal(signal.SIGINT)
        signals = Signals(lambda: asked.append(True))
        os.kill(os.getpid(), signal.SIGINT)
        await until(lambda: asked, "the end")
        signals.close()
        assert signal.getsignal(signal.SIGINT) is before
        await asyncio.sleep(0)

    run(scene())
