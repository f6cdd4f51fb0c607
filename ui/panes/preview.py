"""The preview pane: the resource as it would be sent now, its request, and what the check says of it."""

import shlex

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListWidget, QPushButton, QTabWidget, QWidget

from fhirdesk.desk import Desk
from fhirdesk.errors import FhirDeskError
from fhirdesk.views import PreviewView
from ui.language import say
from ui.tasks import Refresher, Tasks
from ui.widgets.card import Card, plain
from ui.widgets.json_view import JsonView


class PreviewPane(Card):
    """One record as its FHIR resource."""

    told = Signal(str)  # a sentence for the toast

    def __init__(self, tasks: Tasks, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks = tasks
        self._desk: Desk | None = None
        self._subject: tuple[str, str] | None = None
        self.view: PreviewView | None = None
        self._build()
        self._refresher = Refresher(tasks, self._read, self)
        self.retranslate()

    def _build(self) -> None:
        self.copy, self.curl = QPushButton(), QPushButton()
        self.copy.clicked.connect(self.copy_json)
        self.curl.clicked.connect(self.copy_curl)
        for button in (self.copy, self.curl):
            self.head.addWidget(button)
        self.resource = JsonView(self.tr("Resource"))
        self.request = JsonView(self.tr("Request"))
        self.issues = QListWidget()
        self.issues.setWordWrap(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setExpanding(False)
        for tab in (self.resource, self.request, self.issues):
            self.tabs.addTab(tab, "")
        self.body.addWidget(self.tabs, 1)
        self.foot = plain(name="foot")
        self.foot.setWordWrap(True)
        self.body.addWidget(self.foot)

    def retranslate(self) -> None:
        """Another language."""
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the JSON"))
        self.curl.setText(self.tr("cURL"))
        self.curl.setToolTip(self.tr("Copy the request as a cURL command; the token is left out"))
        self.issues.setAccessibleName(self.tr("Issues"))
        self._show(self.view)

    def dress(self) -> None:
        """Another theme."""
        self.resource.dress()
        self.request.dress()

    # -- reading

    def attach(self, desk: Desk | None) -> None:
        """Preview the records of this desk."""
        self._desk = desk
        self._subject = None
        self._show(None)

    def show_record(self, type_: str, key: str) -> None:
        """Preview that record."""
        self._subject = (type_, key)
        self._refresher.now()

    def refresh(self) -> None:
        """Something changed."""
        if self._subject and self._desk:
            self._refresher.soon()

    async def _read(self) -> None:
        desk, subject = self._desk, self._subject
        if desk is None or subject is None:
            return
        try:
            view = await desk.preview(*subject, request=True)
        except FhirDeskError as error:
            if subject == self._subject:
                self._show(None)
                self.foot.setText(say(error))
            return
        if subject == self._subject:
            self._show(view)

    # -- showing

    def _show(self, view: PreviewView | None) -> None:
        self.view = view
        for button in (self.copy, self.curl):
            button.setEnabled(view is not None)
        subject = f" · {view.resource_type} {view.key}" if view else ""
        self.title.setText(self.tr("Preview") + subject)
        self.resource.show_text(view.text if view else "")
        self.request.show_text(_request_text(view) if view else "")
        self._show_issues(view)
        self.tabs.setTabText(0, self.tr("Resource"))
        self.tabs.setTabText(1, self.tr("Request"))
        self.foot.setText(self._verdict(view))

    def _show_issues(self, view: PreviewView | None) -> None:
        self.issues.clear()
        for issue in view.issues if view else ():
            self.issues.addItem(f"{issue.expression or ''}  {say(issue.why)}".strip())
        number = len(view.issues) if view else 0
        self.tabs.setTabText(2, self.tr("Issues {count}").format(count=number))

    def _verdict(self, view: PreviewView | None) -> str:
        if view is None:
            return self.tr("Choose a patient or an entry to see what is sent.")
        checked = self.tr("✓ Valid R4") if not view.issues else self.tr("! Not valid R4: see Issues")
        if view.version_id is None:
            standing = self.tr("not on the server yet")
        elif view.same_as_server:
            standing = self.tr("same as version {version} on the server").format(version=view.version_id)
        else:
            standing = self.tr("differs from version {version} on the server").format(version=view.version_id)
        return f"{checked} · {standing}"

    # -- doing

    def copy_json(self) -> None:
        """The JSON as it is shown."""
        if self.view:
            QGuiApplication.clipboard().setText(self.view.text)
            self.told.emit(self.tr("Copied."))

    def copy_curl(self) -> None:
        """A command line for a terminal; the token stays here."""
        if self.view and self.view.request:
            QGuiApplication.clipboard().setText(curl(self.view))
            self.told.emit(self.tr("Copied. Put your own token in where it says ****."))


def _request_text(view: PreviewView) -> str:
    request = view.request
    if request is None:
        return ""
    head = "\n".join([f"{request['method']} {request['url']}", *(f"{k}: {v}" for k, v in request["headers"].items())])
    return f"{head}\n\n{view.text}" if request.get("body") is not None else head


def curl(view: PreviewView) -> str:
    """The request as a cURL command."""
    request = view.request or {}
    parts = ["curl", "-X", str(request["method"]), shlex.quote(str(request["url"]))]
    for name, value in request["headers"].items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    if request.get("body") is not None:
        parts += ["--data-binary", shlex.quote(view.text)]
    return " ".join(parts)
