"""The desk's records: patients, edits, imports, previews, exports."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fhirdesk.app.session import DeskBase
from fhirdesk.core.permissions import LOCAL, Actor
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record, RecordType
from fhirdesk.core.views import (
    Choices,
    EditOutcome,
    EditResult,
    FieldValues,
    ImportLine,
    ImportOptions,
    ImportProgress,
    MetricsView,
    OpenedView,
    PatientQuery,
    PatientRow,
    PreviewView,
)

if TYPE_CHECKING:
    from fhirdesk.app.import_run import ImportRun
    from fhirdesk.files import Rows

IMPORT_BATCH = 200


class RecordsDesk(DeskBase):
    """What a person can do with records: find, register, edit, import, preview, export."""

    def record_types(self) -> Mapping[str, RecordType]:
        """All record types by name, those of plug-ins included."""
        return self._container.record_types()

    async def problems(self) -> tuple[Reason, ...]:
        """Why some plug-ins cannot be used."""
        return await self._engine.read(self._container.problems)

    async def patient_first(self, query: PatientQuery, count: int = 100) -> tuple[PatientRow, ...]:
        """The first `count` rows of a query: shown while `patient_ids` still runs."""
        return await self._engine.read(lambda: self._container.reads.patient_first(query, count))

    async def patient_ids(self, query: PatientQuery) -> array[int]:
        """The row ids of all patients of a query, in its order."""
        return await self._engine.read(lambda: self._container.reads.patient_ids(query))

    async def patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """Rows by id, in the order asked for."""
        return await self._engine.read(lambda: self._container.reads.patients(ids))

    async def record(self, type_: str, key: str) -> Record | None:
        """The stored record; None where there is none."""
        return await self._engine.read(lambda: self._container.reads.record(type_, key))

    async def register(self, type_: str, fields: Mapping[str, object], uuid: str) -> ImportLine:
        """Save a new or changed record and queue it. The same uuid twice is one entry. Raises InvalidRecord."""
        record = self._container.read_record(fields, type_)
        saved = await self._engine.do(lambda: self._container.save([(record, uuid)], enqueue=True, who=LOCAL))
        self._wake()
        return ImportLine(0, type_, record.key, saved[0].result, saved[0].entry)

    async def change(self, type_: str, key: str, fields: Mapping[str, object], uuid: str) -> ImportLine:
        """Save those fields of a record ("" removes one) and queue it; all others stay as they are here now, whatever
        the caller saw. Raises NotFound, InvalidRecord."""
        saved = await self._engine.do(lambda: self._container.change(type_, key, fields, uuid))
        self._wake()
        return ImportLine(0, type_, key, saved[0].result, saved[0].entry)

    async def edit_patient(
        self,
        key: str,
        changes: Mapping[str, str],
        *,
        uuid: str,
        later: bool = False,
        actor: Actor | None = None,
        seen: Record | None = None,
    ) -> EditResult:
        """Change fields of a patient on the server; the stored record follows only once the server accepted. `seen`:
        the record that the person edited; if it changed since, that is a conflict, and nothing is sent. `later`: do not
        wait for the server."""

        async def edit() -> EditResult:
            mine = None if self._background else asyncio.ensure_future(self._send_edits())
            try:
                return await self._container.write_through.edit(
                    key,
                    changes,
                    uuid=uuid,
                    later=later,
                    actor=actor or Actor(),
                    wake=self._container.worker.wake,
                    patience=self._patience,
                    seen=seen,
                )
            finally:
                if mine:
                    mine.cancel()
                    with suppress(asyncio.CancelledError):
                        await mine

        return await self._engine.run(edit())

    async def edit_result(self, uuid: str) -> EditResult:
        """How an edit stands whose outcome was not known. Raises NotFound."""
        return await self._engine.do(lambda: self._container.write_through.result(uuid))

    async def compare_edit(
        self, key: str, changes: Mapping[str, str], seen: Record | None = None
    ) -> tuple[FieldValues, ...]:
        """What an edit that ended in a conflict is up against: as it was `seen`, as typed, on the server now; what the
        server has is from now on shown here, too. Raises NotFound, Unavailable, Refused."""
        return await self._engine.run(self._container.edit_conflict.compare(key, changes, seen))

    async def settle_edit(
        self,
        key: str,
        changes: Mapping[str, str],
        choices: Choices,
        *,
        uuid: str,
        seen: Record | None = None,
        actor: Actor | None = None,
    ) -> EditResult:
        """The same edit as a person chose, over what the server has at this moment. Raises NotFound, Unavailable,
        Refused, InvalidRecord."""
        remaining = await self._engine.run(self._container.edit_conflict.resolve(key, changes, seen, choices))
        if remaining:
            return await self.edit_patient(key, remaining, uuid=uuid, actor=actor)
        return EditResult(EditOutcome.UNCHANGED, Reason("edit_theirs"), await self.record("patient", key))

    async def _send_edits(self) -> None:
        """Without a sender anywhere, or once the one that was there ends, this process sends the edit's lane itself."""
        if not self.settings.profile.url:
            return
        while not self._container.sender.acquire():  # noqa: ASYNC110 - a lock of the operating system tells nobody
            await asyncio.sleep(0.2)
        try:
            await self._container.worker.run_edits()
        finally:
            self._container.sender.release()

    async def import_files(
        self,
        sources: Sequence[Path | BinaryIO],
        options: ImportOptions | None = None,
        *,
        progress: Callable[[ImportProgress], None] | None = None,
    ) -> AsyncIterator[ImportLine]:
        """Read records and Bundles of files or open streams; a line for each row once it is committed."""
        tally, run = Tally(progress), await self._engine.do(lambda: self._container.import_run(options))
        sizes = [size_of(source) for source in sources]
        encoding = options.encoding if options else None
        if await self._engine.do(run.needs_first_pass):
            for path in (s for s in sources if isinstance(s, Path) and s.is_file()):
                await self._first_pass(self._container.rows(path, encoding), run)
        for number, source in enumerate(sources):
            tally.reached = None  # the file before is closed
            with open_source(source) as opened:
                if isinstance(source, Path) and isinstance(opened, BufferedReader):
                    before, tell = sum(sizes[:number]), opened.tell
                    tally.reached = lambda before=before, tell=tell: (before + tell()) / max(1, sum(sizes))
                run.begin_file()
                rows = self._container.rows(opened, encoding)
                async for line in self._add(rows, tally, run):
                    yield line

    async def load_sample(
        self, patients: int, seed: int = 1, *, progress: Callable[[ImportProgress], None] | None = None
    ) -> AsyncIterator[ImportLine]:
        """Import the sample clinic, whose people do not exist, like a file; the same seed gives the same records."""
        tally, run = Tally(progress), await self._engine.do(self._container.import_run)
        tally.reached = lambda: tally.patients / patients
        async for line in self._add(self._container.sample_rows(patients, seed), tally, run):
            yield line

    async def _first_pass(self, rows: Iterator[Rows], run: ImportRun) -> None:
        while batch := await self._engine.read(lambda: list(itertools.islice(rows, IMPORT_BATCH))):
            if not await self._engine.do(lambda b=batch: run.first_pass(b)):  # type: ignore[misc]
                return

    async def _add(self, rows: Iterator[Rows], tally: Tally, run: ImportRun) -> AsyncIterator[ImportLine]:
        while batch := await self._engine.read(lambda: list(itertools.islice(rows, IMPORT_BATCH))):
            lines = await self._engine.do(lambda b=batch: run.take(b))  # type: ignore[misc]
            tally.notes = tuple(run.notes)
            self._wake()
            for line in lines:
                tally.add(line)
                yield line
            tally.report()

    async def preview(self, type_: str, key: str, *, request: bool = False) -> PreviewView:
        """A record that is here as it would be sent now: resource, mapping, issues, and the request if asked for.
        No writes, no network. Raises NotFound."""
        return await self._engine.read(lambda: self._container.previews.preview_stored(type_, key, request))

    async def glance_given(self, given: str | bytes | Path) -> str:
        """The first row of a large file or text, indented, to be seen while `preview_given` checks it; else ""."""
        return await self._engine.read(lambda: self._container.previews.first_row(given))

    async def preview_given(self, given: str | bytes | Path, *, type_: str | None = None) -> tuple[OpenedView, ...]:
        """An opened file (a Path) or pasted text: its first 200 records or resources, each converted and checked,
        without storing it. Records, FHIR JSON and Bundles by content; `type_`: of records that do not name theirs.
        Raises InvalidDocument where a file cannot be read."""
        return await self._engine.read(lambda: self._container.previews.preview_given(given, type_))

    async def changed_since(self, type_: str | None, since: float | None) -> list[tuple[str, str]]:
        """(type, key) of the records changed since (epoch seconds)."""
        return await self._engine.read(lambda: self._container.changed_since(type_, since))

    async def export(self, type_: str | None, format_: str, out: Callable[[bytes], object] | Path) -> None:
        """Write what the cache holds: ndjson, bundle, records or csv (of one type). A Path becomes a private file that
        is there once it is whole; nothing is overwritten. Raises Refused, DiskFull."""
        await asyncio.to_thread(self._container.exports.write, type_, format_, out)

    async def save_text(self, text: str | Path, out: Path) -> None:
        """What is looked at, a text or a file, as a private file; nothing is overwritten. Raises Refused, DiskFull."""
        await asyncio.to_thread(self._container.exports.save_text, text, out)

    async def metrics(self) -> MetricsView:
        """How fast and how well the server answered the last requests."""
        return await self._engine.read(self._container.reads.metrics)


class Tally:
    """Counts the rows of an import and reports how far it is."""

    def __init__(self, progress: Callable[[ImportProgress], None] | None):
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


def size_of(source: Path | BinaryIO) -> int:
    """The size of a file in bytes; 0 for a stream, or where the file cannot be looked at."""
    try:
        return source.stat().st_size if isinstance(source, Path) else 0
    except OSError:
        return 0


def open_source(source: Path | BinaryIO) -> AbstractContextManager[BinaryIO | Path]:
    """The opened file, which knows how far it was read; the path itself where it cannot be opened, so that reading it
    gives the error. A stream stays open: its owner closes it."""
    try:
        return source.open("rb") if isinstance(source, Path) else nullcontext(source)
    except OSError:
        return nullcontext(source)
