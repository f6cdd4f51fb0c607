"""Tells a screen reader what the eye sees appear."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, sentence: str, *, is_urgent: bool = False) -> None:
    """Say a sentence that appeared in a widget; an urgent one interrupts what is being said."""
    if not sentence:
        return
    event = QAccessibleAnnouncementEvent(widget, sentence)
    level = QAccessible.AnnouncementPoliteness
    event.setPoliteness(level.Assertive if is_urgent else level.Polite)
    QAccessible.updateAccessibility(event)
