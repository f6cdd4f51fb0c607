"""The preview pane: a record as its resource, the mapping of its fields, its request, and the issues of the check."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QComboBox, QStackedWidget, QTabWidget, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.views import OpenedView, PreviewView
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words_preview
from ui.actions.command import Place
from ui.actions.registry import Actions
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Refresher, Tasks
from ui.widgets.button import Kind
from ui.widgets.card import Card, plain_label
from ui.widgets.issues import IssuesView
from ui.widgets.json_tree import JsonTree
from ui.widgets.json_view import JsonView
from ui.widgets.mapping import MappingView
from ui.widgets.notices import EmptyState
from ui.widgets.too_large import TooLarge
from ui.words_http import format_curl, format_request

Subject = tuple[str, str]  # type, key


class PreviewPane(Card):
    """Previews a local record, or a file or text that is never stored."""

    message_ready = Signal(str)  # a sentence for the toast
    save_requested = Signal(object, str)  # a text or a file, and the name of what it is saved as
    changed = Signal()  # what is previewed, or as what

    def __init__(self, tasks: Tasks, actions: Actions, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks, self._actions = tasks, actions
        self.is_tree = False  # the resource is shown as a tree
        self._desk: Desk | None = None
        self._subject: Subject | None = None
        self._given: str | Path | None = None  # what is being looked at
        self._opened: Sequence[OpenedView] = ()
        self.view: PreviewView | None = None
        self.setAcceptDrops(True)
        self._build_head()
        self._build_tabs()
        self._refresher = Refresher(tasks, self._read, self)
        self.retranslate()

    def _build_head(self) -> None:
        self.rows = QComboBox()
        self.buttons = self._actions.make_buttons(Place.PREVIEW_HEAD, kind=Kind.QUIET)
        for button in self.buttons.values():
            button.show_words(False)
        self.rows.hide()
        self.rows.currentIndexChanged.connect(self._show_opened)
        for widget in (self.rows, *self.buttons.values()):
            self.head.addWidget(widget)

    def _build_tabs(self) -> None:
        self.resource, self.tree = JsonView(_("Resource")), JsonTree()
        self.large = TooLarge()
        self.large.save_requested.connect(self._save)
        self.both = QStackedWidget()
        for widget in (self.resource, self.tree, self.large):
            self.both.addWidget(widget)
        self.mapping = MappingView()
        self.request = JsonView(_("Request"))
        self.issues = IssuesView()
        self.issues.chosen.connect(self._go_to)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setExpanding(False)
        for tab in (self.both, self.mapping, self.request, self.issues):
            self.tabs.addTab(tab, "")
        self.empty = EmptyState()
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.tabs, 1)
        self.foot = plain_label(name="foot")
        self.foot.setWordWrap(True)
        self.body.addWidget(self.foot)

    def retranslate(self) -> None:
        self.rows.setAccessibleName(_("Which record of the file"))
        for tab in (self.tabs, self.tabs.tabBar()):
            tab.setAccessibleName(_("Parts of the preview"))
        self.resource.edit.setAccessibleName(_("Resource"))
        self.request.edit.setAccessibleName(_("Request"))
        for part in (self.tree, self.large, self.mapping, self.issues):
            part.retranslate()
        self._show(self.view)

    def apply_theme(self) -> None:
        self.empty.apply_theme()
        for each in (self.resource, self.request, self.mapping.resource):
            each.apply_theme()

    # -- reading

    def attach(self, desk: Desk | None) -> None:
        """Preview the records of this desk."""
        self._desk = desk
        self._leave_opened()
        self._subject = None
        self._show(None)

    def show_record(self, type_: str, key: str) -> None:
        """Preview a record; it replaces a file or text that was previewed."""
        self._leave_opened()
        self._subject = (type_, key)
        self._refresher.read_now()

    def leave_record(self) -> None:
        """Empty the preview, because no record is chosen any more; a file or text stays."""
        if self._subject:
            self._subject = None
            self._show(None)

    def refresh(self) -> None:
        """Read again soon: the data changed."""
        if self._subject and self._desk:
            self._refresher.read_soon()

    async def _read(self) -> None:
        desk, subject = self._desk, self._subject
        if desk is None or subject is None:
            return
        try:
            view = await desk.records.preview(*subject, request=True)
        except FhirDeskError as error:
            if subject == self._subject:
                self._show(None)
                self._show_line(render(error), "bad")
            return
        if subject == self._subject and view != self.view:
            self._show(view)

    # -- what was opened or pasted

    def open_given(self, given: str | Path) -> None:
        """Preview a file or a text without storing it."""
        if self._desk:
            self._subject, self._given = None, given
            self._tasks.start(self._open_given(self._desk, given))

    async def _open_given(self, desk: Desk, given: str | Path) -> None:
        """Show the text at once where its check takes long, then the checked preview."""
        text = await desk.records.glance_given(given)
        if text and given is self._given:
            self._opened = ()
            self.rows.hide()
            self._show(None)
            self.resource.show_text(text)
            self._show_line(words_preview.describe_checking(), "")
        opened = await desk.records.preview_given(given)
        if given is self._given:
            self._opened = opened
            self._list_opened(opened)
            self._show_opened(0)

    def _list_opened(self, opened: Sequence[OpenedView]) -> None:
        self.rows.blockSignals(True)
        self.rows.clear()
        for each in opened:
            name = each.view.resource_type if each.view else _("refused")
            self.rows.addItem(visible(f"{each.line}  {name} {each.key or ''}"))
        self.rows.blockSignals(False)
        self.rows.setVisible(len(opened) > 1)

    def _show_opened(self, number: int) -> None:
        if not 0 <= number < len(self._opened):
            self._show(None)
            return
        opened = self._opened[number]
        self._show(opened.view)
        if opened.too_large:
            self.large.show_size(opened.too_large)
            self.both.setCurrentWidget(self.large)
            self._show_line(words_preview.describe_too_large(), "")
        elif opened.view is None:
            self.resource.show_text(opened.given)
            reason = render(opened.error) if opened.error else ""
            where = fill(_("Line {line}"), line=opened.line)
            field = field_label(opened.field) if opened.field else ""
            location = f"{where} · {field}" if field.casefold() not in reason.casefold() else where
            self._show_line(visible(f"! {location}: {reason}"), "bad")

    @property
    def _is_empty(self) -> bool:
        return self.view is None and self._subject is None and self._given is None

    @property
    def is_large(self) -> bool:
        """Whether the resource is too large, so that only its size is shown."""
        return self.both.currentWidget() is self.large

    def _leave_opened(self) -> None:
        self._given, self._opened = None, ()
        self.rows.hide()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files: a file dropped here is previewed, anywhere else it is imported."""
        if self._desk and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Preview the dropped file."""
        for url in event.mimeData().urls()[:1]:
            if url.isLocalFile():
                self.open_given(Path(url.toLocalFile()))

    # -- showing

    def _show(self, view: PreviewView | None) -> None:
        self.view = view
        shown = view if view and view.checked else None
        self.title.setText(visible(" · ".join([_("Preview"), *(words_preview.describe_subject(view) if view else ())])))
        self.resource.show_text(shown.text if shown else "")
        self.resource.mark(None)
        self.request.show_text(format_request(shown) if shown else "")
        self.mapping.show_view(shown)
        self.issues.show_issues(shown.issues if shown else ())
        self.large.show_size(len(view.text) if view else 0)
        self._show_resource()
        self._name_tabs(view)
        valid = view is None or not any(issue.grave for issue in view.issues)
        self._show_line(words_preview.describe_check(view, only_looked_at=bool(self._opened)), "" if valid else "bad")
        self.changed.emit()

    def _show_empty(self, on: bool) -> None:
        """Say how something gets here, while nothing is previewed."""
        hint = _("A file that is dropped here is only looked at.")
        self.empty.show_state("user", _("Choose a patient or an entry to see it here"), hint)
        self.empty.setVisible(on)
        for part in (self.tabs, self.foot):
            part.setVisible(not on)

    def _show_line(self, text: str, tone: str) -> None:
        self._show_empty(on=self._is_empty)
        self.foot.setText(text)
        self.foot.setProperty("tone", tone)
        self.foot.style().polish(self.foot)

    def _name_tabs(self, view: PreviewView | None) -> None:
        issues = fill(_("Issues {count}"), count=len(view.issues) if view else 0)
        for number, name in enumerate((_("Resource"), _("Mapping"), _("Request"), issues)):
            self.tabs.setTabText(number, name)

    def show_tree(self, on: bool) -> None:
        """Show the resource as a tree, or as text."""
        self.is_tree = on
        self._show_resource()
        self.tabs.setCurrentIndex(0)
        self.changed.emit()

    def _show_resource(self) -> None:
        """Show the resource as the user chose, or only its size."""
        if self.is_tree:
            self.tree.show_text(self.resource.text)
        large = self.view is not None and not self.view.checked
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

    # -- doing

    def _save(self) -> None:
        opened = self._opened[max(0, self.rows.currentIndex())] if self._opened else None
        if self.view:
            self.save_requested.emit(self.view.text, f"{self.view.resource_type}.json")
        elif opened and self._given:
            name = self._given.name if isinstance(self._given, Path) else "resource.json"
            self.save_requested.emit(opened.given or self._given, name)

    def open_find(self) -> None:
        """Open the find bar of the text that is shown."""
        here = {1: self.mapping.resource, 2: self.request}.get(self.tabs.currentIndex())
        if here is None:
            self.show_tree(False)
        (here or self.resource).open_find()

    def copy_json(self) -> None:
        """Copy the whole JSON, as it is sent, to the clipboard."""
        if self.view:
            QGuiApplication.clipboard().setText(self.view.text)
            self.message_ready.emit(_("Copied."))

    def copy_curl(self) -> None:
        """Copy the request as a cURL command to the clipboard, without the token."""
        if self.view and self.view.request:
            QGuiApplication.clipboard().setText(format_curl(self.view))
            self.message_ready.emit(_("Copied. Put your own token in where it says ****."))
