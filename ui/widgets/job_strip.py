"""The strip of a long job in the status bar: how many are done, how fast, how long it still takes, and Cancel."""

from time import monotonic

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.widgets.card import plain_label


class JobStrip(QWidget):
    """Shows a long job: number done, rate, time left, and Cancel."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None, *, cancel: bool = True):
        super().__init__(parent)
        self._label = plain_label()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(150)
        self._stop = QPushButton()
        self._stop.setProperty("quiet", True)
        self._stop.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._label, self._bar, self._stop):
            layout.addWidget(widget)
        self._stop.setVisible(cancel)
        self._name, self._began = "", 0.0
        self.hide()

    def begin(self, name: str, since: float | None = None) -> None:
        """Show a job that starts now, or that has run since then (time.monotonic)."""
        self._name, self._began = name, since or monotonic()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(name)
        self._label.setText(name)
        self._stop.setText(_("Cancel"))
        self._stop.setAccessibleName(fill(_("Cancel {job}"), job=name))
        self.show()

    def show_progress(self, done: int, total: int | None = None, share: float | None = None) -> None:
        """Show how many are done, of the total or as the share 0..1 where one of them is known."""
        passed = max(0.001, monotonic() - self._began)
        total = max(total, done) if total else total  # more came than was foreseen: never above the whole
        share = done / total if total else share
        parts = [f"{self._name} {words.format_count(done)}" + (f" / {words.format_count(total)}" if total else "")]
        parts.append(fill(_("{rate}/s"), rate=words.format_count(round(done / passed))))
        if share:
            share = min(1.0, share)
            seconds_left = round(passed * (1 - share) / share)
            parts.append(fill(_("{seconds} s left"), seconds=words.format_count(seconds_left)))
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(share * 1000))
        self._label.setText(" · ".join(parts))

    def end(self) -> None:
        """Hide the strip, because the job has ended."""
        self.hide()
