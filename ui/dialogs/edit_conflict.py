"""The conflict of a profile edit: the value that the form showed, the value that was typed, the server's value now."""

import uuid as uuids
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.records import Record
from fhirdesk.core.views import Choices, EditOutcome, EditResult, FieldValues
from fhirdesk.i18n.translation import _
from ui import words
from ui.dialogs.merge import MergeSheet
from ui.language import render
from ui.tasks import Tasks


class EditConflictSheet(MergeSheet):
    """Ends with the result of the edit, which the form shows; when it is closed instead, the form keeps its text."""

    resolved = Signal(object)  # EditResult

    def __init__(self, desk: Desk, tasks: Tasks, seen: Record, typed: Mapping[str, str], parent: QWidget | None = None):
        super().__init__(desk, tasks, parent)
        self._seen, self._typed = seen, typed
        self.name_record("patient", words.format_name(seen), [_("Edit patient"), seen.key])
        self.add_decisions()
        tasks.start(self.read_again())

    async def compare(self) -> tuple[FieldValues, ...]:
        """Compare the form's first values, the typed values and the server's copy."""
        return await self._desk.records.compare_edit(self._seen.key, self._typed, self._seen)

    async def save_choices(self, choices: Choices) -> None:
        """Make the edit again as it was chosen; where it meets another change, show that."""
        new = str(uuids.uuid4())
        result = await self._desk.records.resolve_edit(self._seen.key, self._typed, choices, uuid=new, seen=self._seen)
        if not isValid(self):
            return
        if result.outcome is EditOutcome.CONFLICT and result.message.code == "edit_conflict":
            await self.read_again()
            if isValid(self):
                self.show_message(render(result.message), "warn")
            return
        self._finish(result)

    def _finish(self, result: EditResult) -> None:
        self.resolved.emit(result)
        if isValid(self):
            self.close()
