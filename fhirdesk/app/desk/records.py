"""The desk's records: patients, edits, imports, previews, exports."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fhirdesk.app.desk import imports
from fhirdesk.app.desk.background import BackgroundSender, send_edits
from fhirdesk.app.desk.door import Door
from fhirdesk.core.errors import Forbidden
from fhirdesk.core.permissions import Action
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record, RecordType
from fhirdesk.core.views import (
    Choices,
    ComparisonView,
    EditOutcome,
    EditResult,
    FieldValues,
    HistoryView,
    ImportLine,
    ImportOptions,
    ImportProgress,
    OpenedView,
    PatientQuery,
    PatientRow,
    PreviewView,
    Salvaged,
)

if TYPE_CHECKING:
    from fhirdesk.app.container import Container

PATIENT = "patient"


class RecordsDesk:
    """What a person can do with records: find, register, edit, import, preview, export."""

    def __init__(self, door: Door, background: BackgroundSender):
        self._door, self._background = door, background

    # -- find

    async def read_types(self) -> Mapping[str, RecordType]:
        """All record types by name, those of plug-ins included."""
        return await self._door.do(Action.READ_TYPES, _read_types)

    async def find_plugin_problems(self) -> tuple[Reason, ...]:
        """Why some plug-ins cannot be used."""
        return await self._door.do(Action.FIND_PLUGIN_PROBLEMS, _find_plugin_problems)

    async def find_first_patients(self, query: PatientQuery, count: int = 100) -> tuple[PatientRow, ...]:
        """The first `count` rows of a query: shown while `find_patient_ids` still runs."""
        rows = await self._door.read(Action.FIND_FIRST_PATIENTS, lambda view: view.patients.find_first(query, count))
        return tuple(rows)

    async def find_patient_ids(self, query: PatientQuery) -> array[int]:
        """The row ids of all patients of a query, in its order."""
        return await self._door.read(Action.FIND_PATIENT_IDS, lambda view: view.patients.find_ids(query))

    async def read_patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """Rows by id, in the order asked for."""
        rows = await self._door.read(Action.READ_PATIENTS, lambda view: view.patients.read_rows(ids))
        return tuple(rows)

    async def suggest_patient_key(self) -> str | None:
        """The next free patient number, made like the last one; None where there is no pattern. It is not reserved:
        saving tells where somebody else took it meanwhile."""
        return await self._door.read(Action.SUGGEST_PATIENT_KEY, lambda view: view.patients.suggest_key())

    async def get(self, type_: str, key: str) -> Record | None:
        """The stored record; None where there is none."""
        store = self._door.parts.store

        def look() -> Record | None:
            with store.snapshot() as view:
                return view.records.get(type_, key)

        record = await self._door.threads.read(look)
        self._door.check(Action.GET_RECORD, key if type_ == PATIENT else record.patient_key if record else None)
        return record

    async def find_changed(self, type_: str | None, since: float | None) -> list[tuple[str, str]]:
        """(type, key) of the records changed since (epoch seconds; None: ever)."""
        types = [type_] if type_ else list(await self.read_types())
        return await self._door.read(
            Action.FIND_CHANGED,
            lambda view: [(t, r.key) for t in types for r in view.records.find_changed_since(t, since or 0.0)],
        )

    # -- change

    async def register(self, type_: str, fields: Mapping[str, object], uuid: str) -> ImportLine:
        """Save a new or changed record and queue it. The same uuid twice is one entry. Raises InvalidRecord."""

        def save(parts: Container) -> ImportLine:
            return _save(parts, parts.mapper.convert(fields, type_)[0], uuid)

        line = await self._door.do(Action.REGISTER, save)
        self._door.wake_worker()
        return line

    async def change(self, type_: str, key: str, fields: Mapping[str, object], uuid: str) -> ImportLine:
        """Save those fields of a record ("" removes one) and queue it; all others stay as they are here now, whatever
        the caller saw. Raises NotFound, InvalidRecord."""

        def save(parts: Container) -> ImportLine:
            with parts.store.snapshot() as view:
                record = view.records.expect(type_, key)
            return _save(parts, parts.mapper.edit_record(record, fields), uuid)

        line = await self._door.do(Action.CHANGE, save)
        self._door.wake_worker()
        return line

    async def edit_patient(
        self,
        key: str,
        changes: Mapping[str, str],
        *,
        uuid: str,
        later: bool = False,
        seen: Record | None = None,
    ) -> EditResult:
        """Change fields of a patient on the server; the stored record follows only once the server accepted. `seen`:
        the record that the person edited; if it changed since, that is a conflict, and nothing is sent. `later`: do not
        wait for the server. What the actor may not edit is an outcome, too."""

        async def edit(parts: Container) -> EditResult:
            sending = None if self._background.is_running else asyncio.ensure_future(send_edits(parts))
            try:
                return await parts.write_through.edit(
                    key,
                    changes,
                    uuid=uuid,
                    later=later,
                    wake=parts.wake_worker,
                    patience=parts.patience,
                    seen=seen,
                )
            finally:
                if sending:
                    sending.cancel()
                    with suppress(asyncio.CancelledError):
                        await sending

        try:
            return await self._door.run(Action.EDIT_PATIENT, edit, key)
        except Forbidden as error:
            return EditResult(EditOutcome.FORBIDDEN, Reason(error.code, error.params))

    async def get_edit_result(self, uuid: str) -> EditResult:
        """How an edit stands whose outcome was not known. Raises NotFound."""
        result = await self._door.threads.do(lambda: self._door.parts.write_through.result(uuid))
        self._door.check(Action.GET_EDIT_RESULT, result.record.key if result.record else None)
        return result

    async def compare_edit(
        self, key: str, changes: Mapping[str, str], seen: Record | None = None
    ) -> tuple[FieldValues, ...]:
        """What an edit that ended in a conflict is up against: as it was `seen`, as typed, on the server now; what the
        server has is from now on shown here, too. Raises NotFound, Unavailable, Refused."""
        return await self._door.run(
            Action.COMPARE_EDIT, lambda parts: parts.edit_conflict.compare(key, changes, seen), key
        )

    async def resolve_edit(
        self,
        key: str,
        changes: Mapping[str, str],
        choices: Choices,
        *,
        uuid: str,
        seen: Record | None = None,
    ) -> EditResult:
        """The same edit as a person chose, over what the server has at this moment. Raises NotFound, Unavailable,
        Refused, InvalidRecord."""
        remaining = await self._door.run(
            Action.RESOLVE_EDIT, lambda parts: parts.edit_conflict.resolve(key, changes, seen, choices), key
        )
        if remaining:
            return await self.edit_patient(key, remaining, uuid=uuid)
        return EditResult(EditOutcome.UNCHANGED, Reason("edit_theirs"), await self.get(PATIENT, key))

    # -- bring in

    def import_files(
        self,
        sources: Sequence[Path | BinaryIO],
        options: ImportOptions | None = None,
        *,
        progress: Callable[[ImportProgress], None] | None = None,
    ) -> AsyncIterator[ImportLine]:
        """Read records and Bundles of files or open streams; a line for each row once it is committed."""
        return imports.import_files(self._door, sources, options or ImportOptions(), progress)

    def load_sample(
        self, patients: int, seed: int = 1, *, progress: Callable[[ImportProgress], None] | None = None
    ) -> AsyncIterator[ImportLine]:
        """Import the sample clinic, whose people do not exist, like a file; the same seed gives the same records."""
        return imports.load_sample(self._door, patients, seed, progress)

    async def salvage(self, wreck: Path) -> Salvaged:
        """Fill this empty database with what can be read of a damaged one. Raises Refused when it is not empty."""

        def fill(parts: Container) -> Salvaged:
            from fhirdesk.sync.operator.salvage import salvage

            return salvage(parts.store, parts.mapper, parts.clock, wreck)

        return await self._door.do(Action.SALVAGE, fill)

    # -- look, and take out

    async def preview(self, type_: str, key: str, *, request: bool = False) -> PreviewView:
        """A record that is here as it would be sent now: resource, mapping, issues, and the request if asked for.
        No writes, no network. Raises NotFound."""
        previewer = await self._door.get_part(lambda parts: parts.previewer)
        view = await self._door.threads.read(lambda: previewer.preview_stored(type_, key, request))
        self._door.check(Action.PREVIEW, view.patient_key)
        return view

    async def compare_with_server(self, type_: str, key: str, *, read_server: bool = True) -> ComparisonView:
        """A record as it would be sent, with its waiting edits, beside how it was last in step and, with `read_server`,
        the server's copy of now; stores nothing. Raises NotFound, Refused, NotAuthorized, Unavailable."""
        return await self._door.run(
            Action.COMPARE_WITH_SERVER,
            lambda parts: parts.server_versions.compare(type_, key, read_server=read_server),
        )

    async def read_history(self, type_: str, key: str) -> HistoryView:
        """The versions of a record on the server, the newest ones first, each with what changed against the one
        before. Raises NotFound, Refused, NotAuthorized, Unavailable."""
        return await self._door.run(Action.READ_HISTORY, lambda parts: parts.server_versions.read_history(type_, key))

    async def glance_given(self, given: str | bytes | Path) -> str:
        """The first row of a large file or text, indented, to be seen while `preview_given` checks it; else ""."""
        return await self._door.read_with(
            Action.GLANCE_GIVEN, lambda parts: parts.previewer, lambda previewer: previewer.first_row(given)
        )

    async def preview_given(self, given: str | bytes | Path, *, type_: str | None = None) -> tuple[OpenedView, ...]:
        """An opened file (a Path) or pasted text: its first 200 records or resources, each converted and checked,
        without storing it. Records, FHIR JSON and Bundles by content; `type_`: of records that do not name theirs.
        Raises InvalidDocument where a file cannot be read."""
        return await self._door.read_with(
            Action.PREVIEW_GIVEN,
            lambda parts: parts.previewer,
            lambda previewer: previewer.preview_given(given, type_),
        )

    async def export(self, type_: str | None, format_: str, out: Callable[[bytes], object] | Path) -> None:
        """Write what the cache holds: ndjson, bundle, records or csv (of one type). A Path becomes a private file that
        is there once it is whole; nothing is overwritten. Raises Refused, DiskFull."""
        exporter = await self._door.do(Action.EXPORT, lambda parts: parts.exporter)
        await asyncio.to_thread(exporter.write, type_, format_, out)

    async def export_record(self, type_: str, key: str, out: Path) -> int:
        """Write a record and every record that it refers to as one collection Bundle, a private file; nothing is
        overwritten. Returns how many resources it holds. Raises NotFound, Refused, DiskFull."""
        exporter = await self._door.do(Action.EXPORT_RECORD, lambda parts: parts.exporter)
        return await asyncio.to_thread(exporter.write_with_references, type_, key, out)

    async def save_text(self, text: str | Path, out: Path) -> None:
        """What is looked at, a text or a file, as a private file; nothing is overwritten. Raises Refused, DiskFull."""
        exporter = await self._door.do(Action.SAVE_TEXT, lambda parts: parts.exporter)
        await asyncio.to_thread(exporter.save_text, text, out)


def _read_types(_: Container) -> Mapping[str, RecordType]:
    from fhirdesk.converters import registry

    return registry.record_types()


def _find_plugin_problems(_: Container) -> tuple[Reason, ...]:
    from fhirdesk.converters import registry

    return registry.plugin_problems()


def _save(parts: Container, record: Record, uuid: str) -> ImportLine:
    """Store a record and queue it; `uuid`: of its entry."""
    from fhirdesk.sync.outbox.outbox import Incoming

    (saved,) = parts.outbox.add([Incoming(record, uuid)])
    return ImportLine(0, record.type, record.key, saved.result, saved.entry)
