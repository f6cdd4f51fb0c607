"""What the verbs share: exit codes, the opened desk, and what is printed: JSON, sentences, a progress bar."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fhirdesk.app import json_text
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import Line, print_error, print_json_bytes
from fhirdesk.core.views import FieldValues
from fhirdesk.i18n.labels import inside_sentence, status_label
from fhirdesk.i18n.messages import render

DONE, SOME_FAILED, USAGE, REFUSED, AWAY, INVALID = 0, 1, 2, 4, 5, 6
INTERNAL, INTERRUPTED = 70, 130


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Desk]:
    """A started desk that does not send by itself; it is stopped at the end."""
    desk = open_desk(settings)
    try:
        await desk.start(send=False)
        yield desk
    finally:
        await desk.stop()


def print_json(value: Any) -> None:
    """Print one JSON document on a line of its own, flushed at once: whoever reads it knows that it was committed."""
    print_json_bytes(json_text.dumps(value) + b"\n", flush=True)


def print_problems(problems: Iterable[Reason], settings: Settings) -> None:
    """Print each reason as a sentence on standard error."""
    for problem in problems:
        print_error(render(problem.code, problem.params, settings.lang))


def sentence(reason: Reason | None, settings: Settings) -> str | None:
    """A reason as a sentence in the user's language; None stays None."""
    return None if reason is None else render(reason.code, reason.params, settings.lang)


def status_word(status: str, settings: Settings) -> str:
    """What the state of an entry is called, in the user's language."""
    return inside_sentence(status_label(Status(status), settings.lang))


def side_text(row: FieldValues, settings: Settings) -> str:
    """A line about a field that differs: its value when last in step, here and on the server, and who changed it."""
    values = {"seen": row.base or "-", "mine": row.mine or "-", "theirs": row.theirs or "-"}
    return render(f"sides_{row.who}", {"field": row.field, **values}, settings.lang)


class ProgressBar:
    """A progress bar on a terminal, nothing elsewhere: `sent  ███████▌      3,120 / 6,000   52 %   812/s   3 s`."""

    WIDTH = 24
    EVERY = 0.1  # seconds between two drawings

    def __init__(self, word: str) -> None:
        self._line, self._word = Line(), word
        self._started, self._drawn = time.monotonic(), 0.0

    def show(self, done: int, whole: int | None = None) -> None:
        """Draw the bar, at most every EVERY seconds; `whole` is None where nobody knows how much there is."""
        now = time.monotonic()
        if not self._line.on or now - self._drawn < self.EVERY:
            return
        self._drawn = now
        rate = done / max(now - self._started, 0.001)
        parts = [self._word, *self._share(done, max(whole, done), rate)] if whole else [self._word, f"{done:,}"]
        self._line.draw("  ".join([*parts, f"{rate:,.0f}/s"]))

    def _share(self, done: int, whole: int, rate: float) -> list[str]:
        eighths = done * self.WIDTH * 8 // whole
        bar = "█" * (eighths // 8) + ("", *"▏▎▍▌▋▊▉")[eighths % 8]
        remaining = f"{(whole - done) / rate:,.0f} s" if rate else "…"
        return [bar.ljust(self.WIDTH), f"{done:,} / {whole:,}", f"{done * 100 // whole} %", remaining]

    def close(self) -> None:
        """Remove the bar from the terminal."""
        self._line.clear()
