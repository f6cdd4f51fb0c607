"""Messages at the corner of the window: they stack, errors stay, each says what and who, a screen reader is told."""

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.design.measures import STATUS_BAR
from ui.widgets import toast
from ui.widgets.toast import MOST, Message, Toasts


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    widget.resize(1000, 700)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def frames(window: QWidget) -> list[Message]:
    return [message for message in window.findChildren(Message) if message.isVisible()]


def test_several_stack_above_the_status_bar_and_follow_the_corner(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.show_message("Saved here.", "done")
    toasts.show_error("The disk is full.")
    window.resize(1200, 600)
    first, second = frames(window)
    assert first.geometry().bottom() < second.geometry().top()
    assert second.geometry().bottom() < window.height() - STATUS_BAR and second.geometry().right() < window.width()
    assert second.geometry().left() > window.width() // 2 and 360 <= second.width() <= 384


def test_a_message_goes_by_itself_and_an_error_stays_until_it_is_closed(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    toasts.show_error("The disk is full.")
    toasts.show_message("Saved here.")
    error, message = frames(window)
    assert not error.timer.isActive() and message.timer.isActive()
    message.timer.timeout.emit()  # its time is over
    assert toasts.messages == ["The disk is full."]
    error.close_button.click()
    assert toasts.messages == [] and toasts.text == "Saved here."


def test_the_oldest_goes_first_and_no_error_goes_for_a_message(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.show_error("error")
    for number in range(MOST + 2):
        toasts.show_message(f"message {number}")
    assert toasts.messages == ["error", *(f"message {n}" for n in range(MOST + 2 - (MOST - 1), MOST + 2))]
    toasts.clear()
    assert toasts.messages == []


def test_the_same_message_is_shown_once(window: QWidget) -> None:
    toasts = Toasts(window)
    for _ in range(3):
        toasts.show_error("The disk is full.")
    assert toasts.messages == ["The disk is full."]


def test_its_one_action_is_done_and_the_message_goes(window: QWidget) -> None:
    toasts = Toasts(window)
    done: list[str] = []
    toasts.show_message("Saved.", "done", who="정유진", action="Show", act=lambda: done.append("shown"))
    (message,) = frames(window)
    assert message.who.text() == "정유진" and message.action.text() == "Show"
    message.action.click()
    assert done == ["shown"] and toasts.messages == []


def test_a_screen_reader_is_told_what_and_who(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(toast, "announce", lambda _w, sentence, *, is_urgent: told.append((sentence, is_urgent)))
    toasts = Toasts(window)
    toasts.show_message("Saved.", who="정유진")
    toasts.show_error("The disk is full.")
    assert told == [("Saved. · 정유진", False), ("The disk is full.", True)]


def test_an_announcement_reaches_the_accessibility_of_qt(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[tuple[str, object]] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda e: events.append((e.message(), e.politeness())))
    Toasts(window).show_error("The disk is full.")
    assert events == [("The disk is full.", QAccessible.AnnouncementPoliteness.Assertive)]
