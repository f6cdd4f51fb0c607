"""One exchange with the server: its response, the request, and what was sent, with find and copy."""

from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QWidget

from fhirdesk.i18n.translation import _
from ui.widgets.button import Button, Kind
from ui.widgets.json_view import JsonView


class Exchange(QTabWidget):
    """Three texts in tabs; Ctrl+F searches the one that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("exchange")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.tabBar().setExpanding(False)
        for part in (self, self.tabBar()):
            part.setAccessibleName(_("Request and answer"))
        self.response, self.request, self.sent = (
            self._add_view(title) for title in (_("Answer"), _("Request"), _("What was sent"))
        )
        self._add_tools()

    def _add_view(self, title: str) -> JsonView:
        view = JsonView(title)
        self.addTab(view, title)
        return view

    def _add_tools(self) -> None:
        self.find_button, self.copy_button = (
            self._make_tool("search", _("Find (Ctrl+F)")),
            self._make_tool("copy", _("Copy")),
        )
        self.find_button.clicked.connect(self._open_find)
        self.copy_button.clicked.connect(self._copy)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(self.find_button)
        row.addWidget(self.copy_button)
        self.setCornerWidget(holder)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._open_find)

    def _make_tool(self, icon: str, name: str) -> Button:
        tool = Button("", Kind.QUIET, icon=icon)
        tool.setAutoDefault(False)
        tool.setAccessibleName(name)
        tool.setToolTip(name)
        return tool

    @property
    def shown(self) -> JsonView:
        """The text that is shown."""
        return (self.response, self.request, self.sent)[self.currentIndex()]

    def _open_find(self) -> None:
        self.shown.open_find()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.shown.text)

    def show_exchange(self, response: str, request: str, sent: str) -> None:
        """Show another exchange; the tab stays."""
        for view, text in ((self.response, response), (self.request, request), (self.sent, sent)):
            view.show_text(text)
