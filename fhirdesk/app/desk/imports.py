"""Imports of the desk: files are read batch by batch on the reader's thread and stored on the engine's."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fhirdesk.app.desk.door import Door
from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.permissions import Action
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import ImportLine, ImportOptions, ImportProgress

if TYPE_CHECKING:
    from fhirdesk.app.container import Container
    from fhirdesk.app.import_run import ImportRun
    from fhirdesk.files import Row, Rows

BATCH = 200  # rows of a transaction
Progress = Callable[[ImportProgress], None]


async def import_files(
    door: Door, sources: Sequence[Path | BinaryIO], options: ImportOptions, progress: Progress | None
) -> AsyncIterator[ImportLine]:
    """A line for each row of the files or open streams, once it is committed."""
    run = await door.do(Action.IMPORT_FILES, lambda parts: begin_import(parts, options))
    tally, sizes = Tally(progress), [_size_of(source) for source in sources]
    if await door.threads.do(run.needs_first_pass):
        for path in (s for s in sources if isinstance(s, Path) and s.is_file()):
            await _first_pass(door, read_rows(path, options.encoding), run)
    for number, source in enumerate(sources):
        tally.reached = None  # the file before is closed
        with _open_source(source) as opened:
            if isinstance(source, Path) and isinstance(opened, BufferedReader):
                before, tell = sum(sizes[:number]), opened.tell
                tally.reached = lambda before=before, tell=tell: (before + tell()) / max(1, sum(sizes))
            run.begin_file()
            async for line in _add(door, read_rows(opened, options.encoding), tally, run):
                yield line


async def load_sample(door: Door, patients: int, seed: int, progress: Progress | None) -> AsyncIterator[ImportLine]:
    """A line for each record of the sample clinic, once it is committed."""
    run, rows = await door.do(
        Action.LOAD_SAMPLE, lambda parts: (begin_import(parts, ImportOptions()), _sample_rows(patients, seed))
    )
    tally = Tally(progress)
    tally.reached = lambda: tally.patients / patients
    async for line in _add(door, rows, tally, run):
        yield line


def begin_import(parts: Container, options: ImportOptions) -> ImportRun:
    """A new import, to be fed batch by batch."""
    from fhirdesk.app.import_run import ImportRun

    return ImportRun(parts.store, parts.importer, parts.outbox, options)


async def _first_pass(door: Door, rows: Iterator[Rows], run: ImportRun) -> None:
    while batch := await door.threads.read(lambda: list(itertools.islice(rows, BATCH))):
        if not await door.threads.do(lambda b=batch: run.first_pass(b)):  # type: ignore[misc]
            return


async def _add(door: Door, rows: Iterator[Rows], tally: Tally, run: ImportRun) -> AsyncIterator[ImportLine]:
    while batch := await door.threads.read(lambda: list(itertools.islice(rows, BATCH))):
        lines = await door.threads.do(lambda b=batch: run.take(b))  # type: ignore[misc]
        tally.notes = tuple(run.notes)
        door.wake_worker()
        for line in lines:
            tally.add(line)
            yield line
        tally.report()


def read_rows(source: Path | BinaryIO, encoding: str | None = None) -> Iterator[Rows]:
    """The rows of a file, its format told from its content; a file that cannot be read at all is one bad row."""
    from fhirdesk import files
    from fhirdesk.files import BadRow

    try:
        yield from files.rows(source, encoding)
    except InvalidDocument as error:
        yield BadRow(0, error)
    except OSError:  # a stream that breaks off
        yield BadRow(0, InvalidDocument("file_unreadable", path=Path(getattr(source, "name", "")).name))


def _sample_rows(patients: int, seed: int) -> Iterator[Row]:
    """The sample clinic as rows of a file."""
    from fhirdesk import sample
    from fhirdesk.files import Row

    return (Row(line, data) for line, data in enumerate(sample.generate(patients, seed), 1))


class Tally:
    """Counts the rows of an import and reports how far it is."""

    def __init__(self, progress: Progress | None):
        self._progress = progress
        self.reached: Callable[[], float] | None = None  # the share that was read, where it is known
        self.patients = 0
        self.notes: tuple[Reason, ...] = ()  # of the files
        self.counts = dict.fromkeys(("read", "new", "changed", "unchanged", "refused", "queued"), 0)

    def add(self, line: ImportLine) -> None:
        """Count one more row."""
        self.counts["read"] += 1
        self.patients += line.type == "patient"
        self.counts[line.result] += 1
        self.counts["queued"] += line.entry is not None

    def report(self) -> None:
        """Report the counts, and the share of the files that was read, where it is known."""
        if self._progress:
            fraction = min(1.0, self.reached()) if self.reached else None
            self._progress(ImportProgress(**self.counts, fraction=fraction, notes=self.notes))


def _size_of(source: Path | BinaryIO) -> int:
    """The size of a file in bytes; 0 for a stream, or where the file cannot be looked at."""
    try:
        return source.stat().st_size if isinstance(source, Path) else 0
    except OSError:
        return 0


def _open_source(source: Path | BinaryIO) -> AbstractContextManager[BinaryIO | Path]:
    """The opened file, which knows how far it was read; the path itself where it cannot be opened, so that reading it
    gives the error. A stream stays open: its owner closes it."""
    try:
        return source.open("rb") if isinstance(source, Path) else nullcontext(source)
    except OSError:
        return nullcontext(source)
