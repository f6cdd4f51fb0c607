"""Messages at the bottom right of the window, above its status bar; the newest is lowest. An error stays until it is
closed, every other message goes away by itself."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.announce import announce
from ui.design.measures import GAP, STATUS_BAR
from ui.widgets.notices import ToastFrame

SHOWN_FOR = 6000  # ms
LONGEST = 500  # characters
MOST = 4  # messages at once; errors above that stay, too
BETWEEN = 8  # px
EDGE = 2 * GAP  # px to the window's edge and the status bar: over the cards, not on their lines
ERRORS = ("refused", "conflict")  # marks of what a person must see


class Message(ToastFrame):
    """One message with its time and its action."""

    def __init__(self, parent: QWidget, act: Callable[[], object] | None):
        super().__init__(parent)
        self.is_error = False
        self.timer = QTimer(self, singleShot=True, interval=SHOWN_FOR)
        self.act = act


class Toasts(QObject):
    """Shows messages that take no focus and need no answer, one above the other."""

    def __init__(self, window: QWidget):
        super().__init__(window)
        self._window = window
        self._shown: list[Message] = []
        self.text = ""  # the message that came last
        window.installEventFilter(self)

    def show_message(
        self,
        text: str,
        mark: str = "note",
        *,
        who: str = "",
        action: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        """Show a message below those that are shown. `mark`: a name of ui/design/marks; `who`: whom it is about;
        `act`: what its one action does."""
        self.text = text[:LONGEST]
        for same in [m for m in self._shown if (m.sentence.text(), m.who.text()) == (self.text, who)]:
            self._close(same)
        message = Message(self._window, act)
        message.show_message(mark, self.text, action, who)
        message.is_error = mark in ERRORS
        message.closed.connect(lambda: self._close(message))
        message.timer.timeout.connect(lambda: self._close(message))
        message.pressed.connect(lambda: self._act(message))
        self._shown.append(message)
        if not message.is_error:
            message.timer.start()
        self._drop_oldest()
        message.show()
        self._arrange()
        announce(message, message.accessibleName(), is_urgent=message.is_error)

    def show_error(self, text: str) -> None:
        """Show what went wrong, until it is closed."""
        self.show_message(text, "refused")

    @property
    def messages(self) -> list[str]:
        """The messages that are shown, oldest first."""
        return [message.sentence.text() for message in self._shown]

    def clear(self) -> None:
        """Close all messages."""
        for message in tuple(self._shown):
            self._close(message)

    def _drop_oldest(self) -> None:
        passing = [message for message in self._shown if not message.is_error]
        for message in passing[: max(0, len(self._shown) - MOST)]:
            if message is not self._shown[-1]:
                self._close(message)

    def _act(self, message: Message) -> None:
        self._close(message)
        if message.act:
            message.act()

    def _close(self, message: Message) -> None:
        if message in self._shown:
            self._shown.remove(message)
            message.timer.stop()
            message.hide()
            message.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        """Stack the messages upwards from the corner."""
        bottom = self._window.height() - STATUS_BAR - EDGE
        for message in reversed(self._shown):
            message.fit()
            message.move(self._window.width() - message.width() - EDGE, bottom - message.height())
            bottom -= message.height() + BETWEEN
        for message in self._shown:
            message.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner of a window that changes its size."""
        if event.type() is QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)
