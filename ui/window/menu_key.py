"""Keys that open menus, and that Qt leaves out: Alt alone, as where a menu bar is seen, and Shift+F10."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

ENDS = (QEvent.Type.WindowDeactivate, QEvent.Type.MouseButtonPress)  # Alt was pressed for something else


class MenuKey(QObject):
    """Watches the keys that reach a window. Alt with another key, such as Alt+1, is not Alt alone."""

    pressed = Signal()

    def __init__(self, window: QWidget):
        super().__init__(window)
        self._is_alone = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at keys; every other event passes. A shortcut's own keys are seen as ShortcutOverride only."""
        kind = event.type()
        if kind in ENDS:
            self._is_alone = False
        elif isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
                others = event.modifiers() & ~Qt.KeyboardModifier.AltModifier
                self._is_alone = event.key() == Qt.Key.Key_Alt and not others
            elif kind is QEvent.Type.KeyRelease and self._is_alone and event.key() == Qt.Key.Key_Alt:
                self._is_alone = False
                self.pressed.emit()
        return False


def open_context_menu() -> None:
    """Open the context menu of the widget with the focus, as the menu key does."""
    if widget := QApplication.focusWidget():
        at = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
        keyboard = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(widget, QContextMenuEvent(keyboard, at, widget.mapToGlobal(at)))
