"""Fills the tabs of a preview that show what the server has: what is known here by itself, the server on request."""

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.views import PreviewView
from ui.tasks import Tasks
from ui.widgets.preview_tabs import PreviewTabs, Tab
from ui.widgets.read_bar import ServerPane


class ServerReads:
    """Reads for Diff and History. What the server said stays shown until another record is, or this one changes."""

    def __init__(self, tasks: Tasks, tabs: PreviewTabs):
        self._tasks, self._tabs = tasks, tabs
        self._desk: Desk | None = None
        self._view: PreviewView | None = None
        tabs.diff.read_requested.connect(lambda: self._start(tabs.diff))
        tabs.history.read_requested.connect(lambda: self._start(tabs.history))
        tabs.currentChanged.connect(lambda _: self._compare_here())

    def show_view(self, desk: Desk | None, view: PreviewView | None, *, is_stored: bool) -> None:
        """Follow what is previewed now. `is_stored`: it is a record of this desk."""
        self._desk, self._view = desk if is_stored else None, view
        self._tabs.diff.show_view(None, view)
        is_sent = is_stored and view is not None and view.logical_id is not None
        self._tabs.history.show_unread(is_stored=is_stored, is_sent=is_sent)
        self._tabs.name_tabs()
        self._compare_here()

    def _compare_here(self) -> None:
        """Compare with how it was last in step, where that is looked at, or is known to differ."""
        view = self._view
        looked_at = self._tabs.currentIndex() == Tab.DIFF and not self._tabs.diff.is_shown
        if self._desk and view and (looked_at or view.same_as_server is False):
            self._tasks.start(self._compare(self._desk, view, read_server=False))

    def _start(self, tab: ServerPane) -> None:
        """Read the server for a tab: the user asked."""
        if self._desk and self._view:
            tab.show_busy()
            self._tasks.start(self._read(tab, self._desk, self._view))

    async def _read(self, tab: ServerPane, desk: Desk, view: PreviewView) -> None:
        try:
            if tab is self._tabs.diff:
                await self._compare(desk, view, read_server=True)
            else:
                history = await desk.records.read_history(view.type, view.key)
                if view is self._view:
                    self._tabs.history.show_history(history)
        except FhirDeskError as error:
            if view is self._view:
                tab.show_error(error)

    async def _compare(self, desk: Desk, view: PreviewView, *, read_server: bool) -> None:
        comparison = await desk.records.compare_with_server(view.type, view.key, read_server=read_server)
        if view is self._view and (read_server or not self._tabs.diff.is_read):
            self._tabs.diff.show_view(comparison, view)
            self._tabs.name_tabs()
