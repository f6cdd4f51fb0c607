"""One server: what it is, the test of the connection, what it takes, and what can be done with it."""

from dataclasses import dataclass

from PySide6.QtCore import Signal

from fhirdesk.core.views import ConnectionReport, KnownServer, ServerFacts
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design import fonts
from ui.dialogs.settings.page import Page
from ui.dialogs.sheet import make_button
from ui.language import render
from ui.widgets.button import Button, Kind
from ui.widgets.card import ElidedLabel, plain_label
from ui.widgets.connection_steps import ConnectionSteps
from ui.widgets.taken_types import TakenTypes


@dataclass(frozen=True, slots=True)
class ServerState:
    """What is known of a server now. `why_not`: why another one cannot be used; empty: it can."""

    known: KnownServer
    title: str
    is_open: bool  # the window shows it
    facts: ServerFacts | None = None
    report: ConnectionReport | None = None
    asked_at: float | None = None  # epoch seconds of the report
    why_not: str = ""


class ServerDetails(Page):
    """Shows the server that is chosen in the list. Every signal is about that one."""

    test_requested = Signal()
    use_requested = Signal()
    edit_requested = Signal()
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__("")
        self._shown: ServerState | None = None
        self.test = make_button(_("Test the connection"), self.test_requested.emit)
        self.use = make_button(_("Use this server"), self.use_requested.emit, primary=True)
        for button in (self.test, self.use):
            self.head.addWidget(button)
        self.about, self.address = ElidedLabel("muted"), ElidedLabel("muted")
        self.address.setFont(fonts.mono())
        self.steps, self.outcome, self.types = ConnectionSteps(), plain_label(name="banner"), TakenTypes()
        self.outcome.setWordWrap(True)
        for widget in (self.about, self.address, self.steps, self.outcome, self.types):
            self.body.addWidget(widget)
        self.body.setSpacing(8)
        self.body.addStretch(1)
        self.as_of = plain_label(name="muted")
        self.edit = make_button(_("Change…"), self.edit_requested.emit, quiet=True)
        self.remove = Button(_("Remove…"), Kind.DANGER, tall=True)
        self.remove.clicked.connect(lambda _=False: self.remove_requested.emit())
        footer = self.add_footer(self.as_of)
        footer.insertWidget(0, self.remove)
        footer.insertWidget(0, self.edit)

    def show_server(self, state: ServerState) -> None:
        """Show what is known of a server; nothing moves where that is shown already."""
        if state == self._shown:
            return
        self._shown = state
        profile, report = state.known.profile, state.report
        self.title.setText(state.title)
        self.about.setText(_describe_software(state.facts))
        self.address.setText(_("on this computer") if profile.demo else profile.url or _("no address yet"))
        self.steps.show_steps(report.steps if report else ())
        self._show_outcome(state)
        self.types.show_types(state.facts, state.known.unsent)
        self.as_of.setText(fill(_("as of {time}"), time=words.format_seen(state.asked_at)) if state.asked_at else "")
        self._show_buttons(state)

    def _show_outcome(self, state: ServerState) -> None:
        """Say how the test ended and what to do; without one, what waits here while another server is in use."""
        report, waiting = state.report, state.known.waiting
        text, tone = "", ""
        if report and report.failed:
            failed = report.failed
            text, tone = "\n".join(render(each) for each in (failed.message, failed.fix) if each), "bad"
        elif report:
            text, tone = _("The server is ready."), "ok"
        elif waiting and not state.is_open:
            text = fill(_("Waiting for this server: {count}. They go out once it is in use."), count=waiting)
        self.show_message(text, tone)

    def show_message(self, text: str, tone: str = "") -> None:
        """Say one sentence above the types; empty: nothing."""
        self.outcome.setProperty("tone", tone)
        self.outcome.style().polish(self.outcome)
        self.outcome.setText(text)
        self.outcome.setVisible(bool(text))

    def _show_buttons(self, state: ServerState) -> None:
        profile, needs_one = state.known.profile, _("It has no address yet: set one first.")
        practice = _("The practice server is set by the program.")
        has_address = bool(profile.url)
        self.use.setVisible(not state.is_open)
        _allow(self.use, state.why_not or ("" if has_address or profile.demo else needs_one))
        self.test.setVisible(not profile.demo)
        _allow(self.test, "" if has_address else needs_one)
        _allow(self.edit, practice if profile.demo else "")
        in_use = _("It is in use: use another one first.") if state.is_open else ""
        _allow(self.remove, practice if profile.demo else in_use or ("" if has_address else needs_one))


def _allow(button: Button, why_not: str) -> None:
    """Let a button be pressed, or say in its tip why it cannot be."""
    button.setEnabled(not why_not)
    button.setToolTip(why_not)


def _describe_software(facts: ServerFacts | None) -> str:
    if facts is None:
        return _("Not known yet what it is: test the connection.")
    software = " ".join(filter(None, (facts.software, facts.version))) or _("A FHIR server")
    return f"{software} · FHIR {facts.fhir_version}"
