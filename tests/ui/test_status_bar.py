"""The status bar: when something goes out next and was saved last, and how fast the server answers."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QMainWindow

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import Link, MetricsView, ServerView
from ui import language
from ui.widgets.sparkline import Sparkline
from ui.window.status_bar import StatusBar


@pytest.fixture
def bar(qapp: QApplication) -> Iterator[StatusBar]:
    language.install(qapp, "en")
    window = QMainWindow()
    yield StatusBar(window)
    window.deleteLater()


def server(link: Link, reason: Reason | None = None, next_try: float | None = None) -> ServerView:
    return ServerView("a", "http://127.0.0.1:9/fhir", link, False, reason=reason, next_try=next_try)


def test_the_next_send_and_the_last_save_are_told(bar: StatusBar) -> None:
    now = time.time()
    bar.show_server(server(Link.ONLINE), MetricsView(last_saved_at=now, next_due_at=now + 30))
    assert bar.times.text().startswith("next send in ") and " · last saved " in bar.times.text()
    bar.show_server(server(Link.ONLINE), MetricsView(next_due_at=now - 1))
    assert bar.times.text() == "sending now"
    bar.show_server(server(Link.ONLINE), MetricsView())
    assert bar.times.text() == ""


def test_why_nothing_goes_out_is_told_instead(bar: StatusBar) -> None:
    due = MetricsView(next_due_at=time.time())
    bar.show_server(server(Link.OFFLINE, Reason("why_offline"), time.time() + 20), due)
    assert "next try in " in bar.times.text() and "next send" not in bar.times.text()
    bar.show_server(server(Link.PAUSED), due)
    assert bar.times.text() == "paused"


def test_how_fast_the_server_answers_in_numbers_and_a_line(bar: StatusBar) -> None:
    metrics = MetricsView(count=3, p50_ms=38.2, p95_ms=92.0, p99_ms=1140.0, recent_ms=(10.0, 20.0, 40.0))
    bar.show_server(server(Link.ONLINE), metrics)
    assert bar.latency.text() == "p50 38 · p95 92 · p99 1,140 ms"
    assert bar.line.accessibleName() == "The last 3 answers took 10 to 40 ms" and not bar.line.isHidden()
    bar.show_server(server(Link.ONLINE), MetricsView(count=1, recent_ms=(10.0,)))
    assert bar.line.isHidden()


def test_the_line_stays_inside_and_rises_with_the_values(qapp: QApplication) -> None:
    line = Sparkline()
    line.resize(line.sizeHint())
    line.show_values((0.0, 5.0, 10.0))
    points = line.find_points()
    assert [p.x() for p in points] == sorted(p.x() for p in points)
    assert points[0].y() > points[1].y() > points[2].y()
    assert all(0 <= p.x() <= line.width() and 0 <= p.y() <= line.height() for p in points)
    line.show_values((0.0, 0.0))
    assert len({p.y() for p in line.find_points()}) == 1
