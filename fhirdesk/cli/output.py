"""What the command line prints: JSON documents, lines for people, a progress bar on a terminal."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fhirdesk.desk import Desk, open_desk
from fhirdesk.entry import Reason
from fhirdesk.r4 import json
from fhirdesk.settings import Settings
from fhirdesk.words import say

DONE, SOME_FAILED, USAGE, REFUSED, AWAY, INVALID = 0, 1, 2, 4, 5, 6


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Desk]:
    """A desk that does not send by itself."""
    desk = open_desk(settings)
    try:
        await desk.start(send=False)
        yield desk
    finally:
        await desk.stop()


def put(value: Any) -> None:
    """One JSON document on a line of its own, flushed at once: what is printed was committed."""
    sys.stdout.buffer.write(json.dumps(value) + b"\n")
    sys.stdout.buffer.flush()


def note(text: str) -> None:
    """A message for people, on stderr."""
    print(text, file=sys.stderr)


def sentence(reason: Reason | None, settings: Settings) -> str | None:
    """A reason in words."""
    return None if reason is None else say(reason.code, reason.params, settings.lang)


class Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def show(self, done: int, whole: int | None, word: str) -> None:
        """How far it is."""
        if self._on:
            share = f" of {whole:,} ({done * 100 // max(whole, 1)} %)" if whole else ""
            print(f"\r\x1b[K{word} {done:,}{share}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave the line clean."""
        if self._on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
