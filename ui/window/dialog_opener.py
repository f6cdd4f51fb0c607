"""Opens the dialogs of the window and connects their signals."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import PatientRow
from fhirdesk.i18n.translation import _, fill, ngettext
from ui.actions.registry import Actions
from ui.bridge import Bridge
from ui.dialogs.chain import ChainDialog
from ui.dialogs.correct import CorrectDialog
from ui.dialogs.decide import DecideDialog
from ui.dialogs.entry import EntryDialog
from ui.dialogs.palette import Palette
from ui.dialogs.patient_form import PatientForm
from ui.dialogs.shortcuts import Shortcuts
from ui.language import render
from ui.tasks import Tasks


class DialogOpener(QObject):
    """Opens dialogs on the open desk; without a desk it does nothing."""

    message_ready = Signal(str)
    patient_saved = Signal(str, object)  # a sentence, and the Record that it is about
    preview_requested = Signal(str, str)  # type, key
    open_given_requested = Signal(object)  # a Path or a text to be looked at
    import_requested = Signal(object)  # list[Path]
    patient_queue_requested = Signal(str, str)  # a patient's key and name
    entry_requested = Signal(str)  # the uuid of an entry to be chosen

    def __init__(
        self,
        tasks: Tasks,
        desk: Callable[[], Desk | None],
        bridge: Bridge,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._tasks, self._desk, self._bridge, self._actions, self._window = tasks, desk, bridge, actions, window

    # -- patients

    def new_patient(self) -> None:
        """Open the form that registers a patient."""
        if desk := self._desk():
            self._show_form(PatientForm(desk, self._tasks, parent=self._window))

    def edit_patient(self, key: str, row: PatientRow | None = None) -> None:
        """Open the form that edits a patient's profile; a partial patient is previewed instead, and the user told
        why."""
        if desk := self._desk():
            self._tasks.start(self._edit_patient(desk, key, row))

    async def _edit_patient(self, desk: Desk, key: str, row: PatientRow | None) -> None:
        record = await desk.records.get("patient", key)
        if row and row.partial:
            self.message_ready.emit(render(Reason("patient_partial")))
            self.preview_requested.emit("patient", key)
        elif record:
            self._show_form(PatientForm(desk, self._tasks, record, self._window, row))

    def _show_form(self, form: PatientForm) -> None:
        form.saved.connect(lambda text: self.patient_saved.emit(text, form.patient))
        form.entry_requested.connect(self.open_entry)
        form.open()

    # -- entries

    def open_entry(self, uuid: str) -> None:
        """Open the details of a queue entry."""
        if not (desk := self._desk()):
            return
        dialog = EntryDialog(desk, self._tasks, self._actions, uuid, self._window)
        self._bridge.queue_changed.connect(dialog.refresh)
        dialog.message_ready.connect(self.message_ready)
        dialog.replaced.connect(self.entry_requested)
        dialog.opened.connect(self.open_entry)
        dialog.open()

    def open_chain(self, patient_key: str) -> None:
        """Open the list of what is not on the server of a patient, and what waits for what."""
        if not (desk := self._desk()):
            return
        dialog = ChainDialog(desk, self._tasks, patient_key, self._window)
        self._bridge.queue_changed.connect(dialog.refresh)
        dialog.opened.connect(self.open_entry)
        dialog.whole_queue_requested.connect(self.patient_queue_requested)
        dialog.open()

    def correct(self, uuid: str) -> None:
        """Open the form that corrects an entry and sends it again."""
        if desk := self._desk():
            self._tasks.start(self._correct(desk, uuid))

    async def _correct(self, desk: Desk, uuid: str) -> None:
        details, types = await desk.queue.get_entry(uuid), await desk.records.read_types()
        dialog = CorrectDialog(desk, self._tasks, details, types[details.entry.type], self._window)
        dialog.message_ready.connect(self.message_ready)
        dialog.replaced.connect(self.entry_requested)
        dialog.open()

    def decide(self, uuid: str) -> None:
        """Open the dialog that ends the conflict of an entry."""
        if desk := self._desk():
            dialog = DecideDialog(desk, self._tasks, uuid, self._window)
            dialog.message_ready.connect(self.message_ready)
            dialog.open()

    # -- finding

    def open_palette(self) -> None:
        """Open the command palette: commands and patients by typing."""
        palette = Palette(self._actions, self._desk(), self._tasks, self._window)
        palette.patient_requested.connect(lambda row: self.preview_requested.emit("patient", row.key))
        palette.open()

    def open_shortcuts(self) -> None:
        """Open the list of all shortcuts."""
        Shortcuts(self._actions, self._window).open()

    # -- files

    def choose_import(self) -> None:
        """Ask which files to import."""
        self._choose(_("Import"), QFileDialog.FileMode.ExistingFiles, self.import_requested.emit)

    def choose_preview_file(self) -> None:
        """Ask which file to preview without storing it."""
        self._choose(_("Preview a file"), QFileDialog.FileMode.ExistingFile, self._preview_file)

    def _preview_file(self, paths: list[Path]) -> None:
        self.open_given_requested.emit(paths[0])

    def preview_clipboard(self) -> None:
        """Preview the text on the clipboard without storing it."""
        text = QGuiApplication.clipboard().text()
        if text.strip():
            self.open_given_requested.emit(text)
        else:
            self.message_ready.emit(_("There is no text on the clipboard."))

    def save_text(self, text: str | Path, name: str) -> None:
        """Ask where to save a text or a copy of a file, and save it; an existing file is not overwritten."""
        if desk := self._desk():
            self._ask_where(name, lambda path: self._save(desk, text, path))

    async def _save(self, desk: Desk, text: str | Path, path: Path) -> None:
        await desk.records.save_text(text, path)
        self.message_ready.emit(fill(_("Saved: {path}"), path=path))

    def export_record(self, type_: str, key: str) -> None:
        """Ask where to save a record with what it refers to, and save it as one Bundle."""
        if desk := self._desk():
            self._ask_where("Bundle.json", lambda path: self._export(desk, type_, key, path))

    async def _export(self, desk: Desk, type_: str, key: str, path: Path) -> None:
        number = await desk.records.export_record(type_, key, path)
        text = ngettext("Saved with {count} resource: {path}", "Saved with {count} resources: {path}", number)
        self.message_ready.emit(fill(text, count=number, path=path))

    def _ask_where(self, name: str, write: Callable[[Path], Coroutine[Any, Any, None]]) -> None:
        """Ask for the name of a new file, and write it."""
        dialog = QFileDialog(self._window, _("Save"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self._tasks.start(write(Path(path))))
        dialog.open()

    def _choose(self, title: str, mode: QFileDialog.FileMode, act: Callable[[list[Path]], object]) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.setNameFilter(_("Records and FHIR (*.json *.ndjson *.jsonl *.csv *.gz);;All files (*)"))
        dialog.filesSelected.connect(lambda names: act([Path(n) for n in names]))
        dialog.open()
