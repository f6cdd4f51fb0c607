"""The actions on the entries that are visibly selected in the queue table."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, Reason, is_correctable
from fhirdesk.core.views import QueueRow
from ui.language import render
from ui.widgets.table import Table

SELECTED = ("retry", "hold", "release", "cancel", "discard")  # actions for one entry or many


class SelectionActions(QObject):
    """Does nothing to an entry that is not visibly selected, and says why an action cannot be done."""

    action_requested = Signal(str, object)  # one of ALLOWED_ACTIONS, list of seqs
    correct_requested = Signal(str)  # uuid
    decide_requested = Signal(str)  # uuid
    chain_requested = Signal(str)  # a patient's key
    message_ready = Signal(str)  # a sentence for the toast

    def __init__(self, table: Table):
        super().__init__(table)
        self._table = table

    def do_selected(self, verb: str) -> None:
        """Do one of SELECTED on the selected entries, also on rows that are not on the screen."""
        if seqs := self._table.selected_ids():
            self.action_requested.emit(verb, seqs)
        else:
            self._ask_to_choose()

    def _ask_to_choose(self) -> None:
        self.message_ready.emit(self.tr("Choose an entry in the queue first."))

    def _on_chosen(self, can: Callable[[QueueRow], bool], act: Callable[[QueueRow], None], otherwise: str) -> None:
        """Do something to the selected entry; where its state does not allow it, say why."""
        row = self._table.current_row()
        if row is None:
            self._ask_to_choose()
        elif can(row):
            act(row)
        else:
            self.message_ready.emit(render(Reason(otherwise)))

    def correct_selected(self) -> None:
        """Open the form that corrects the selected entry."""
        self._on_chosen(_is_correctable, lambda r: self.correct_requested.emit(r.uuid), "entry_not_correctable")

    def decide_selected(self) -> None:
        """Open the dialog that decides the selected conflict."""
        self._on_chosen(_is_open_to_decide, lambda r: self.decide_requested.emit(r.uuid), "nothing_to_resolve")

    def chain_selected(self) -> None:
        """Open the chain of the selected entry's patient."""
        self._on_chosen(
            lambda r: bool(r.patient_key), lambda r: self.chain_requested.emit(r.patient_key), "entry_of_nobody"
        )

    def can(self) -> dict[str, bool]:
        """Whether each action can be done on the selection, by the action's name; rows that are not read yet may allow
        any."""
        rows: list[QueueRow] = self._table.selected_rows()
        states, unseen = {r.status for r in rows}, len(rows) < len(self._table.selected_ids())
        one = rows[0] if len(rows) == 1 and not unseen else None
        return {verb: unseen or bool(states & ALLOWED_ACTIONS[verb]) for verb in SELECTED} | {
            "correct": one is not None and _is_correctable(one),
            "decide": one is not None and _is_open_to_decide(one),
            "chain": one is not None and bool(one.patient_key),
        }

    def add_to_menu(self, menu: QMenu) -> None:
        """Add the actions to a menu; those that cannot be done now are disabled."""
        can = self.can()
        menu.addAction(self.tr("The patient's chain…"), self.chain_selected).setEnabled(can["chain"])
        menu.addSeparator()
        menu.addAction(self.tr("Edit and retry…"), self.correct_selected).setEnabled(can["correct"])
        menu.addAction(self.tr("Decide…"), self.decide_selected).setEnabled(can["decide"])
        for text, verb in (
            (self.tr("Retry"), "retry"),
            (self.tr("Hold"), "hold"),
            (self.tr("Release"), "release"),
            (self.tr("Take back"), "cancel"),
            (self.tr("Discard…"), "discard"),
        ):
            menu.addAction(text, partial(self.do_selected, verb)).setEnabled(can[verb])


def _is_correctable(row: QueueRow) -> bool:
    return is_correctable(row.status, row.operation)


def _is_open_to_decide(row: QueueRow) -> bool:
    return row.status in ALLOWED_ACTIONS["resolve"]
