"""Parts of an open window as a person finds them: a dialog by its kind, the text of a cell, a branch of a tree."""

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QLineEdit, QTableWidget, QTreeWidgetItem

from tests.require import require
from ui.dialogs.patient_form import PatientForm

Q = TypeVar("Q", bound=QObject)


def find(parent: QObject, kind: type[Q]) -> Q:
    """Return the first child of that kind; the test fails if there is none."""
    child = parent.findChild(kind)
    assert isinstance(child, kind), f"no {kind.__name__}"
    return child


def row_texts(table: QTableWidget, row: int, *columns: int) -> list[str]:
    """Return what the cells of a row say, in the order of the columns named."""
    return [require(table.item(row, column)).text() for column in columns]


def branch(item: QTreeWidgetItem | None, *numbers: int) -> QTreeWidgetItem:
    """Return the item that is reached by going down to the child of each number."""
    for number in numbers:
        item = require(item).child(number)
    return require(item)


def type_into(form: PatientForm, name: str, text: str) -> None:
    field = form.inputs[name]
    assert isinstance(field, QLineEdit)
    field.setText(text)


def choose_in(form: PatientForm, name: str, code: str) -> None:
    field = form.inputs[name]
    assert isinstance(field, QComboBox)
    field.setCurrentIndex(field.findData(code))
