"""The preview pane: whom a record is about, the record as its resource, what became of it, what is wrong with it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.views import ChainRow, Link, OpenedView, PreviewView, QueueRow, ServerView
from fhirdesk.i18n.translation import N_, _
from ui import words_chain, words_preview
from ui.actions.command import Place, find_next
from ui.actions.registry import Actions, name_command
from ui.actions.selection import OneEntry
from ui.design import measures
from ui.language import render
from ui.models.tables import visible
from ui.server_reads import ServerReads
from ui.tasks import Refresher, Tasks
from ui.widgets.button import Kind
from ui.widgets.card import Card
from ui.widgets.chain_bar import ChainBar
from ui.widgets.foot import Foot
from ui.widgets.notices import EmptyState, NoticeRow
from ui.widgets.person_head import PersonHead
from ui.widgets.preview_tabs import PreviewTabs
from ui.words_http import format_curl

Subject = tuple[str, str]  # type, key


class PreviewPane(Card):
    """Previews a local record, or a file or text that is never stored."""

    menu_tip = N_("Copy, save, export, open a file, arrange")
    message_ready = Signal(str)  # a sentence for the toast
    save_requested = Signal(object, str)  # a text or a file, and the name of what it is saved as
    changed = Signal()  # what is previewed, or as what

    def __init__(self, tasks: Tasks, actions: Actions, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks, self._actions = tasks, actions
        self._desk: Desk | None = None
        self._subject: Subject | None = None
        self._given: str | Path | None = None  # what is being looked at
        self._opened: Sequence[OpenedView] = ()
        self.view: PreviewView | None = None
        self._server = ServerView("", None, Link.UNSET, False)
        self._chain: Sequence[ChainRow] = ()
        self._trouble: QueueRow | None = None  # the entry that the banner is about
        self.setAcceptDrops(True)
        self._build_head()
        self._build_body()
        self._reads = ServerReads(tasks, self.tabs)
        self._refresher = Refresher(tasks, self._read, self)
        self.retranslate()

    def _build_head(self) -> None:
        self.head_bar.setFixedHeight(measures.PERSON_HEAD)
        self.person, self.rows = PersonHead(), QComboBox()
        self.rows.hide()
        self.rows.currentIndexChanged.connect(self._show_opened)
        self.buttons = self._actions.make_buttons(Place.PREVIEW_HEAD)
        self.head.insertWidget(1, self.person, 100)
        for widget in (self.rows, *self.buttons.values()):
            self.head.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def _build_body(self) -> None:
        self.chain, self.notice = ChainBar(), NoticeRow()
        self.chain.chosen.connect(self.show_record)
        self.notice.pressed.connect(self._run_next)
        self.tabs, self.foot = PreviewTabs(self._tasks), Foot()
        self.tabs.large.save_requested.connect(self.save)
        self.tabs.changed.connect(self.changed)
        buttons = self._actions.make_buttons(Place.PREVIEW_TABS, kind=Kind.QUIET)
        for button in buttons.values():
            button.show_words(False)
        self.tabs.add_buttons(list(buttons.values()))
        self.notice_room = QWidget()
        room = QVBoxLayout(self.notice_room)
        room.setContentsMargins(measures.CARD_PADDING, 4, measures.CARD_PADDING, 4)
        room.addWidget(self.notice)
        self.empty = EmptyState()
        for widget in (self.chain, self.notice_room):
            self.body.addWidget(widget)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.tabs, 1)
        self.body.addWidget(self.foot)

    def retranslate(self) -> None:
        self.title.setText(_("Preview"))
        self.rows.setAccessibleName(_("Which record of the file"))
        self.tabs.retranslate()
        self._show(self.view)

    def apply_theme(self) -> None:
        self.empty.apply_theme()
        self.tabs.apply_theme()

    # -- reading

    def attach(self, desk: Desk | None) -> None:
        """Preview the records of this desk."""
        self._desk = desk
        self._leave_opened()
        self._subject = None
        self._show(None)

    def show_server(self, server: ServerView) -> None:
        """Note the state of the server: it decides when what waits is due."""
        self._server = server
        self._show_chain()

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
            chain = await desk.queue.read_chain(view.patient_key) if view.patient_key else ()
        except FhirDeskError as error:
            if subject == self._subject:
                self._show(None)
                self.foot.show_line(render(error), "refused")
            return
        if subject != self._subject:
            return
        if chain != self._chain:
            self._chain = chain
            self._show_chain()
        if view != self.view:
            self._show(view, chain)

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
            self.tabs.show_given(text)
            self.foot.show_line(words_preview.describe_checking())
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
            self.tabs.show_size(opened.too_large)
            self.foot.show_line(words_preview.describe_too_large())
        elif opened.view is None:
            self.tabs.show_given(opened.given)
            self.tabs.show_issues(words_preview.list_problems(opened))
            self.foot.show_line(visible(words_preview.describe_problem(opened)), "refused")

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

    def _show(self, view: PreviewView | None, chain: Sequence[ChainRow] = ()) -> None:
        self.view, self._chain = view, chain
        self.title.setVisible(view is None)
        self.person.setVisible(view is not None)
        if view:
            self.person.show_subject(*words_preview.describe_subject(view))
        self.tabs.show_view(view)
        self._reads.show_view(self._desk, view, is_stored=self._subject is not None)
        self._show_chain()
        self._show_empty(on=view is None and self._subject is None and self._given is None)
        mark = words_preview.choose_mark(view)
        self.foot.show_line(words_preview.describe_check(view, only_looked_at=bool(self._opened)), mark)
        self.changed.emit()

    def _show_empty(self, *, on: bool) -> None:
        """Say how something gets here, while nothing is previewed."""
        hint = _("A file that is dropped here is only looked at.")
        self.empty.show_state("user", _("Choose a patient or an entry to see it here"), hint)
        self.empty.setVisible(on)
        for part in (self.tabs, self.foot):
            part.setVisible(not on)

    def _show_chain(self) -> None:
        """Show the patient's chain or, where something is wrong, that and its one action."""
        view = self.view if self._subject else None
        self._trouble = trouble = words_chain.find_trouble(view, self._chain) if view else None
        nodes = words_chain.list_nodes(view, self._chain, self._server) if view and not trouble else []
        self.chain.show_nodes(nodes)
        self.chain.setVisible(bool(nodes))
        self.notice_room.setVisible(trouble is not None)
        if view and trouble:
            command = find_next(trouble, self._actions.commands, self._actions.select().actor)
            action = words_chain.name_action(trouble) or name_command(command) if command else ""
            rest = words_chain.describe_trouble(view, trouble, self._chain)
            self.notice.show_notice(words_chain.choose_mark(trouble), visible(render(trouble.reason)), rest, action)

    # -- doing

    @property
    def is_stored(self) -> bool:
        """Whether a record of this desk is shown, not a file or text."""
        return self.view is not None and self._subject is not None

    def _run_next(self) -> None:
        if self._trouble:
            self._actions.run_next(OneEntry(self._trouble))

    def save(self) -> None:
        """Ask where to save what is shown."""
        opened = self._opened[max(0, self.rows.currentIndex())] if self._opened else None
        if self.view:
            self.save_requested.emit(self.view.text, f"{self.view.resource_type}.json")
        elif opened and self._given:
            name = self._given.name if isinstance(self._given, Path) else "resource.json"
            self.save_requested.emit(opened.given or self._given, name)

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
