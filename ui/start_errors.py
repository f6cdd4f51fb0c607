"""Reports why there is no window, before there is an event loop: the one module where a dialog may run a loop of its
own."""

import sys

from fhirdesk.core.terminal import has_standard_error, print_error
from fhirdesk.core.visible import visible


def report_start_error(text: str) -> None:
    """Print the text on standard error; a program that has none (Windows, without a console) shows a message box."""
    print_error(*text.splitlines())
    if not has_standard_error():
        _show("\n".join(map(visible, text.splitlines())))


def _show(text: str) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication, QMessageBox

    app = QApplication.instance() or QApplication([sys.argv[0]])  # kept: without one no box is drawn
    box = QMessageBox(QMessageBox.Icon.Critical, "FHIR Desk", text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()
    assert app
