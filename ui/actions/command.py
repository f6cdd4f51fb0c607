"""A command as data: what the user can do, where it is offered, and why it cannot be done now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from fhirdesk.core.permissions import Action, Actor, is_allowed
from fhirdesk.core.queue_entry import Reason, Status
from ui.actions.selection import Condition, Entry, OneEntry, Selection, need_desk

W = TypeVar("W")


class Place(Enum):
    """Where a command is offered. The palette has every command, the list of shortcuts every one that has a key."""

    FILE = auto()  # menus of the menu bar
    QUEUE = auto()
    VIEW = auto()
    HELP = auto()
    PATIENT_MENU = auto()  # context menus
    ENTRY_MENU = auto()
    PANE_MENU = auto()  # of the … in a pane's head
    TOP_BAR = auto()  # buttons
    BANNER = auto()
    PATIENTS_HEAD = auto()
    QUEUE_HEAD = auto()
    PREVIEW_HEAD = auto()
    PREVIEW_TABS = auto()
    PREVIEW_MENU = auto()
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
    condition: Condition = need_desk
    permission: Action | None = None  # what the desk asks of the actor's role
    checked: Callable[[W], bool] | None = None  # a command that is on or off
    short: str = ""  # the label of a button, where the label is too long
    icon: str = ""  # a name of Lucide's icons
    aliases: str = ""  # other English words that the palette finds it by
    starts_group: bool = False  # a line above it in menus
    next_for: frozenset[Status] = frozenset()  # an entry in this state waits for it

    def why_not(self, selection: Selection) -> Reason | None:
        """Return why it cannot be done to that selection; None: it can."""
        return self.condition(selection) if self._is_permitted(selection) else Reason("forbidden")

    def _is_permitted(self, selection: Selection) -> bool:
        """Whether the actor may do it: to all records, or to the one of the patient who is chosen."""
        actor, action = selection.actor, self.permission
        return action is None or is_allowed(actor, action) or is_allowed(actor, action, selection.patient_key)


def find_next(entry: Entry, commands: Sequence[Command[Any]], actor: Actor) -> Command[Any] | None:
    """Return the command that an entry waits for, such as a decision; None: it needs nobody, or this actor can do
    nothing."""
    selection = Selection(OneEntry(entry), actor=actor)
    waited = (command for command in commands if entry.status in command.next_for)
    return next((command for command in waited if command.why_not(selection) is None), None)
