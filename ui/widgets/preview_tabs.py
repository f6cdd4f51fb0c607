"""The tabs of a preview: the resource as text or tree, mapping, request, both sides, versions, issues."""

import asyncio
from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabWidget, QWidget

from fhirdesk.core.views import IssueView, PreviewView
from fhirdesk.i18n.translation import _
from ui import words, words_http
from ui.tasks import Tasks
from ui.widgets.diff import DiffTab
from ui.widgets.history import HistoryTab
from ui.widgets.issues import IssuesView
from ui.widgets.json_tree import JsonTree
from ui.widgets.json_view import JsonView
from ui.widgets.mapping import MappingView
from ui.widgets.too_large import TooLarge


class Tab(IntEnum):
    """The tabs in their order."""

    RESOURCE = 0
    MAPPING = 1
    REQUEST = 2
    DIFF = 3
    HISTORY = 4
    ISSUES = 5


class PreviewTabs(QTabWidget):
    """Shows one preview. What is read from the server is given to `diff` and `history`."""

    changed = Signal()  # the resource is shown as a tree, or as text again

    def __init__(self, tasks: Tasks, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks = tasks
        self.is_tree = False  # the resource is shown as a tree
        self._view: PreviewView | None = None
        self._issues: Sequence[IssueView] = ()
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.tabBar().setExpanding(False)
        self.setUsesScrollButtons(True)
        self._build()

    def _build(self) -> None:
        self.resource, self.tree, self.large = JsonView(_("Resource")), JsonTree(), TooLarge()
        self.both = QStackedWidget()
        for widget in (self.resource, self.tree, self.large):
            self.both.addWidget(widget)
        self.mapping, self.request = MappingView(), JsonView(_("Request"))
        self.diff, self.history, self.issues = DiffTab(self._tasks), HistoryTab(), IssuesView()
        self.issues.chosen.connect(self._go_to)
        for tab in (self.both, self.mapping, self.request, self.diff, self.history, self.issues):
            self.addTab(tab, "")

    def add_buttons(self, buttons: Sequence[QWidget]) -> None:
        """Put buttons at the right end of the tabs."""
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(0)
        for button in buttons:
            row.addWidget(button)
        self.setCornerWidget(corner)

    def retranslate(self) -> None:
        for tab in (self, self.tabBar()):
            tab.setAccessibleName(_("Parts of the preview"))
        self.resource.edit.setAccessibleName(_("Resource"))
        self.request.edit.setAccessibleName(_("Request"))
        for part in (self.tree, self.large, self.mapping, self.diff, self.history, self.issues):
            part.retranslate()
        self.name_tabs()

    def apply_theme(self) -> None:
        for each in (self.resource, self.request, self.mapping.resource, self.diff, self.history):
            each.apply_theme()
        self._tint_issues()

    # -- showing

    def show_view(self, view: PreviewView | None) -> None:
        """Show a preview; None: nothing."""
        self._view = view
        shown = view if view and view.checked else None
        self.resource.show_text(shown.text if shown else "")
        self.resource.mark(None)
        self.request.show_text(words_http.format_exchange(shown) if shown else "")
        self.mapping.show_view(shown)
        self.large.show_size(len(view.text) if view else 0)
        self._show_resource()
        self.show_issues(shown.issues if shown else ())

    def show_given(self, text: str) -> None:
        """Show a text that is no preview: it is being checked, or cannot become a resource."""
        self.resource.show_text(text)

    def show_size(self, characters: int) -> None:
        """Show the size alone of what is too large."""
        self.large.show_size(characters)
        self.both.setCurrentWidget(self.large)

    def show_issues(self, issues: Sequence[IssueView]) -> None:
        """List issues, and tint their places in the text."""
        self._issues = issues
        self.issues.show_issues(issues)
        self._tint_issues()
        self.name_tabs()

    def _tint_issues(self) -> None:
        """Tint the places of all issues; in a long text they are found when one is chosen."""
        if self.resource.is_long:
            return
        places = []
        for issue in self._issues:
            if match := self.resource.spans.find(issue.expression or issue.field or ""):
                places.append((match[1], "refused_tint" if issue.grave else "conflict_tint"))
        self.resource.tint([place for place in places if place[0].start > 0])  # not the resource as a whole

    def name_tabs(self) -> None:
        """Name the tabs; a number stands behind a name only where there is something to see."""
        names = (_("Resource"), _("Mapping"), _("Request"), _("Diff"), _("History"), _("Issues"))
        numbers = {Tab.DIFF: self.diff.count, Tab.ISSUES: len(self._issues)}
        for tab, name in zip(Tab, names, strict=True):
            number = numbers.get(tab, 0)
            self.setTabText(tab, f"{name} {words.format_count(number)}" if number else name)

    # -- the resource

    @property
    def is_large(self) -> bool:
        """Whether the resource is too large, so that only its size is shown."""
        return self.both.currentWidget() is self.large

    def show_tree(self, on: bool) -> None:
        """Show the resource as a tree, or as text."""
        self.is_tree = on
        self._show_resource()
        self.setCurrentIndex(Tab.RESOURCE)
        self.changed.emit()

    def _show_resource(self) -> None:
        """Show the resource as the user chose, or only its size."""
        if self.is_tree:
            self.tree.show_text(self.resource.text)
        large = self._view is not None and not self._view.checked
        self.both.setCurrentWidget(self.large if large else self.tree if self.is_tree else self.resource)

    def _go_to(self, expression: str) -> None:
        """Show the location of an issue in the resource."""
        self.show_tree(False)
        if self.resource.is_long:
            self._tasks.start(self._find_span(expression, self.resource.text))
        else:
            self._mark_span(expression)

    async def _find_span(self, expression: str, text: str) -> None:
        await asyncio.to_thread(lambda: self.resource.spans)
        if self.resource.text == text:
            self._mark_span(expression)

    def _mark_span(self, expression: str) -> None:
        match = self.resource.spans.find(expression)
        self.resource.mark(match[1] if match else None)

    def open_find(self) -> None:
        """Open the find bar of the text that is shown."""
        texts = {
            Tab.MAPPING: self.mapping.resource,
            Tab.REQUEST: self.request,
            Tab.DIFF: self.diff.sides.left.text,
            Tab.HISTORY: self.history.text,
        }
        here = texts.get(Tab(self.currentIndex()))
        if here is None or not here.isVisible():
            self.show_tree(False)
            here = self.resource
        here.open_find()
