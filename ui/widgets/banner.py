"""A slim strip above the panes: what blocks the whole queue, and Resume where that helps."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import Link, ServerView
from ui.announce import announce
from ui.design.measures import GAP
from ui.language import render


class WrappedLabel(QLabel):
    """Plain text as high as its lines need at the width that it has: a tool bar asks before it has given the width."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("strip")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def fit(self) -> None:
        """Break the lines anew. Qt answers -1 before there is a text, and never less than the minimum height."""
        self.setMinimumHeight(0)
        self.setFixedHeight(max(0, self.heightForWidth(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()


class Banner(QFrame):
    """Hidden while there is no notice; the whole text is in the tool tip where the window is narrow."""

    def __init__(self, resume: QPushButton):
        super().__init__()
        self._pause: Reason | None = None
        self._notices: tuple[Reason, ...] = ()
        self.text, self.resume = WrappedLabel(), resume
        box = QFrame()
        box.setObjectName("banner")
        box.setProperty("tone", "conflict")
        row = QHBoxLayout(box)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(self.text, 1)
        row.addWidget(self.resume)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(GAP, GAP, GAP, 0)
        outer.addWidget(box)
        self.hide()

    def show_server(self, view: ServerView) -> None:
        """Show the pause that a person must end, and its reason."""
        self._pause = view.reason if view.link is Link.PAUSED else None
        self.retranslate()

    def show_notices(self, notices: tuple[Reason, ...]) -> None:
        """Show the desk's notices about the queue as a whole."""
        self._notices = notices
        self.retranslate()

    def retranslate(self) -> None:
        notices = [render(reason) for reason in (*((self._pause,) if self._pause else ()), *self._notices)]
        text = "\n".join(f"⚠ {line}" for line in notices)
        if text != self.text.text():
            self.text.setText(text)
            self.text.setToolTip(text)
            self.text.setAccessibleName(text)
            self.text.fit()
            announce(self.text, "\n".join(notices), is_urgent=True)
        self.resume.setVisible(self._pause is not None)
        self.setVisible(bool(notices))
