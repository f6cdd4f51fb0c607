"""A scroll bar that lies over the right edge of a list and takes no room; seen while the mouse is over the list."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar

WIDTH = 11  # px: a thumb of 5 with 3 on either side
LINGER = 1200  # milliseconds that it stays after a scroll


class OverlayScrollBar(QScrollBar):
    """Follows the list's own vertical scroll bar, which is hidden. `top`: px kept free above, as for a table's head."""

    def __init__(self, area: QAbstractScrollArea, top: int = 0):
        super().__init__(Qt.Orientation.Vertical, area)
        self._area, self._top, self._real = area, top, area.verticalScrollBar()
        self.setObjectName("overlay")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._real.rangeChanged.connect(self._take_range)
        self._real.valueChanged.connect(self._take_value)
        self.valueChanged.connect(self._real.setValue)
        self._fade = QTimer(self, singleShot=True, interval=LINGER)
        self._fade.timeout.connect(self._hide_unless_hovered)
        area.installEventFilter(self)
        self._take_range(self._real.minimum(), self._real.maximum())
        self.hide()

    def _take_range(self, low: int, high: int) -> None:
        self.setRange(low, high)
        self.setPageStep(self._real.pageStep())
        self.setSingleStep(self._real.singleStep())
        if high <= low:
            self.hide()

    def _take_value(self, value: int) -> None:
        self.setValue(value)
        self._reveal()

    def _reveal(self) -> None:
        if self.maximum() > self.minimum():
            self.show()
            self.raise_()
            self._fade.start()

    def _hide_unless_hovered(self) -> None:
        if not self._area.underMouse() and not self.isSliderDown():
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the list's size; appear when the mouse comes, go when it leaves."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._area.width() - WIDTH, self._top, WIDTH, self._area.height() - self._top)
        elif event.type() is QEvent.Type.Enter:
            self._reveal()
        elif event.type() is QEvent.Type.Leave:
            self._fade.start()
        return False
