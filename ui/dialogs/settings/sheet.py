"""The settings: pages at the left, the chosen one beside them."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import N_, _
from ui.design import icons
from ui.design.fonts import Size
from ui.design.measures import ROW
from ui.dialogs.settings.page import BESIDE, HEAD
from ui.dialogs.sheet import Sheet
from ui.widgets.fields import text_label

WIDTH, HEIGHT, SIDE, LEAST = 1200, 692, 188, 880  # px
PAGES = {  # name → label, icon
    "servers": (N_("Servers"), "server"),
    "sending": (N_("How it is sent"), "send-horizontal"),
    "look": (N_("Look and language"), "sun"),
    "data": (N_("Data"), "save"),
    "about": (N_("About"), "info"),
}


class SettingsSheet(Sheet):
    """Shows the pages that it is given, by name of PAGES."""

    def __init__(self, pages: Mapping[str, QWidget], parent: QWidget | None = None):
        super().__init__("", parent, LEAST)
        self.setWindowTitle(_("Settings"))
        self.pages = dict(pages)
        if head := self.title.parentWidget():
            head.hide()  # the side has the title, so that it reaches the top
        self.leave.setParent(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.list, self.stack = self._build_list(), QStackedWidget()
        for page in self.pages.values():
            self.stack.addWidget(page)
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._build_side())
        row.addWidget(self.stack, 1)
        self.body.addWidget(holder, 1)
        self.resize(WIDTH, HEIGHT)
        self.leave.show()
        self.leave.raise_()
        self.list.setFocus()

    def _build_side(self) -> QWidget:
        side = QFrame()
        side.setObjectName("settingsSide")
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 0, 12, 12)
        column.setSpacing(0)
        heading = text_label(_("Settings"), "text", Size.PERSON, 600)
        heading.setFixedHeight(HEAD)
        heading.setContentsMargins(BESIDE - 16, 8, 0, 0)
        column.addWidget(heading)
        column.addWidget(self.list, 1)
        return side

    def _build_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setObjectName("settingsPages")
        pages.setAccessibleName(_("Settings"))
        pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name in self.pages:
            label, icon = PAGES[name]
            item = QListWidgetItem(icons.icon(icon), _(label), pages)
            item.setSizeHint(QSize(0, ROW))
        pages.setCurrentRow(0)
        return pages

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return list(self.pages)[self.stack.currentIndex()]

    def show_page(self, name: str) -> None:
        """Show a page."""
        self.list.setCurrentRow(list(self.pages).index(name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep × at the top right."""
        super().resizeEvent(event)
        size = self.leave.sizeHint()
        self.leave.resize(size)
        self.leave.move(self.width() - size.width() - 8, (HEAD - size.height()) // 2 + 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the sheet by the top of it, as the system moves windows."""
        handle = self.windowHandle()
        if event.button() is Qt.MouseButton.LeftButton and handle and event.position().y() < HEAD:
            handle.startSystemMove()
