"""A command as data: what the user can do, where it is offered, and why it cannot be done now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from fhirdesk.core.queue_entry import Reason, Status
from ui.actions.selection import Entry, OneEntry, Selection, need_desk

W = TypeVar("W")


class Place(Enum):
    """Where a command is offered. The palette has every command, the list of shortcuts every one that has a key."""

    FILE = auto()  # menus of the menu bar
    QUEUE = auto()
    VIEW = auto()
    HELP = auto()
    PATIENT_MENU = auto()  # context menus
    ENTRY_MENU = auto()
    TOP_BAR = auto()  # buttons
    BANNER = auto()
    PATIENTS_HEAD = auto()
    QUEUE_HEAD = auto()
    PREVIEW_HEAD = auto()
    ENTRY_SHEET = auto()


@dataclass(frozen=True, slots=True)
class Command(Generic[W]):
    """One thing that the user can do in a window of type W. Texts are English, as they are marked for translation."""

    id: str
    label: str
    tip: str
    run: Callable[[W, Selection], object]
    shortcut: str = ""
    places: frozenset[Place] = frozenset()
    why_not: Callable[[Selection], Reason | None] = need_desk  # None: it can be done
    checked: Callable[[W], bool] | None = None  # a command that is on or off
    short: str = ""  # the label of a button, where the label is too long
    icon: str = ""  # a name of Lucide's icons
    aliases: str = ""  # other English words that the palette finds it by
    starts_group: bool = False  # a line above it in menus
    next_for: frozenset[Status] = frozenset()  # an entry in this state waits for it


def find_next(entry: Entry, commands: Sequence[Command[Any]]) -> Command[Any] | None:
    """Return the command that an entry waits for, such as a decision; None: it needs nobody, or nothing can be done."""
    selection = Selection(OneEntry(entry))
    waited = (command for command in commands if entry.status in command.next_for)
    return next((command for command in waited if command.why_not(selection) is None), None)
