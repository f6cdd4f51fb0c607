"""The status bar: when something goes out next and was saved last, what runs now, how fast the server answers."""

from time import monotonic, time

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QWidget

from fhirdesk import __version__
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import Counts, Link, MetricsView, ServerView
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.language import render
from ui.widgets.card import plain_label
from ui.widgets.job_strip import JobStrip
from ui.widgets.sparkline import Sparkline

SHORT = 2.0  # seconds: a drain that is over sooner needs no strip
FEW = 20
IDLE = 5.0  # seconds without an arrival: that is no progress
WAITING = (Status.PENDING, Status.PROCESSING, Status.UNKNOWN)


class DrainProgress:
    """The progress of a drain. Done and left come from one snapshot, so that the share never exceeds the whole."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._before = self._last = 0
        self._moved = 0.0  # when an entry arrived last

    def measure(self, counts: Counts, now: float) -> tuple[int, int, float] | None:
        """Take a snapshot in; returns (done, total, seconds since the drain began), None while there is no drain worth
        showing."""
        left = sum(counts[s] for s in WAITING)
        if counts[Status.COMPLETED] != self._last:
            self._last, self._moved = counts[Status.COMPLETED], now
        if not left or now - self._moved > IDLE or (not counts[Status.PROCESSING] and self._began is None):
            self._began = None
            return None
        if self._began is None:
            self._began, self._before = now, counts[Status.COMPLETED]
        done = max(0, counts[Status.COMPLETED] - self._before)
        if now - self._began < SHORT or done + left < FEW:
            return None
        return done, done + left, now - self._began


class StatusBar(QObject):
    """Shows what it is given; it reads nothing itself."""

    def __init__(self, window: QMainWindow):
        super().__init__(window)
        self.times, self.latency, self.line = plain_label(), plain_label(), Sparkline()
        self.job, self.sending = JobStrip(), JobStrip(cancel=False)
        self._counts: Counts | None = None  # not read yet
        self._is_opening = self._is_start = False
        self._server, self._metrics = ServerView("", None, Link.UNSET, False), MetricsView()
        self._progress = DrainProgress()
        bar = window.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.times, 1)
        for widget in (self.sending, self.job):
            bar.addPermanentWidget(widget)
        bar.addPermanentWidget(self._build_speed(), 1)

    def _build_speed(self) -> QWidget:
        """Line and numbers at the right; they take as much room as the times, so that a job stands in the middle."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addStretch(1)
        row.addWidget(self.line)
        row.addWidget(self.latency)
        return holder

    def show_opening(self, is_opening: bool) -> None:
        """Say that the records are being opened, and what comes after."""
        self._is_opening = is_opening
        self.retranslate()

    def show_start(self, on: bool) -> None:
        """Name the version, while there is nothing else to say."""
        self._is_start = on
        self.retranslate()

    def show_counts(self, counts: Counts | None) -> None:
        """Show another snapshot of the queue; None: it was not read yet."""
        self._counts = counts
        self._show_sending()
        self.retranslate()

    def show_server(self, server: ServerView, metrics: MetricsView) -> None:
        """Show the state of the connection and how fast the server answers."""
        self._server, self._metrics = server, metrics
        self._show_sending()
        self.retranslate()

    def _show_sending(self) -> None:
        is_online = self._server.link is Link.ONLINE
        progress = self._progress.measure(self._counts, monotonic()) if self._counts and is_online else None
        if progress is None:
            self.sending.end()
            return
        done, all_, seconds = progress
        if not self.sending.isVisible():
            self.sending.begin(_("Sending"), monotonic() - seconds)
        self.sending.show_progress(done, all_)

    def retranslate(self) -> None:
        self.times.setText(" · ".join(p for p in self._build_parts() if p))
        m = self._metrics
        self.line.show_values(m.recent_ms)
        if m.count:
            p50, p95, p99 = (words.format_count(round(v or 0)) for v in (m.p50_ms, m.p95_ms, m.p99_ms))
            self.latency.setText(fill(_("p50 {p50} · p95 {p95} · p99 {p99} ms"), p50=p50, p95=p95, p99=p99))
        else:
            self.latency.setText(_("Sending begins once they are open") if self._is_opening else "")

    def _build_parts(self) -> list[str]:
        if self._is_start:
            return [fill(_("Version {version}"), version=__version__)]
        if self._is_opening:
            return [_("Reading the records on this computer")]
        saved = self._metrics.last_saved_at
        return [*self._describe_next(), fill(_("last saved {time}"), time=words.format_seen(saved)) if saved else ""]

    def _describe_next(self) -> list[str]:
        """Why nothing goes out, or when something does."""
        server, due = self._server, self._metrics.next_due_at
        if server.link in (Link.PAUSED, Link.OFFLINE):
            parts = [render(server.reason).rstrip(".") if server.reason else _(words.LINKS[server.link][1])]
            if server.link is Link.OFFLINE and server.next_try:
                parts.append(fill(_("next try {when}"), when=words.format_until(server.next_try)))
            return parts
        if server.link is Link.ONLINE and due:
            return [fill(_("next send {when}"), when=words.format_until(due)) if due > time() else _("sending now")]
        return []
