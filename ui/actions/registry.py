"""The actions of a window: one QAction for each command, and the menus and buttons that are made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from fhirdesk.i18n.translation import _
from ui.actions.command import Command, Place, find_next
from ui.actions.selection import OneEntry, Selection
from ui.language import render
from ui.widgets.button import Button, Kind

W = TypeVar("W", bound=QMainWindow)
NO_KINDS: Mapping[str, Kind] = {}


class Actions(QObject):
    """Runs the commands of a window, wherever they were chosen, or says why one cannot be done."""

    changed = Signal()  # other commands may be possible now: the buttons look again
    message_ready = Signal(str)  # a sentence for the toast

    def __init__(self, window: W, commands: Sequence[Command[W]], select: Callable[[], Selection]):
        super().__init__(window)
        self._window: Any = window
        self.select = select
        self.commands: tuple[Command[Any], ...] = tuple(commands)
        self._actions = {command.id: self._make_action(command) for command in commands}
        self._menus: dict[Place, QMenu] = {}

    def _make_action(self, command: Command[Any]) -> QAction:
        action = QAction(self._window)
        action.setCheckable(command.checked is not None)
        action.setShortcut(QKeySequence(command.shortcut))
        action.triggered.connect(lambda _=False: self.run(command))
        self._window.addAction(action)
        return action

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def list_commands(self, place: Place) -> list[Command[Any]]:
        """Return the commands that are offered in that place, in order."""
        return [command for command in self.commands if place in command.places]

    def run(self, command: Command[Any], selection: Selection | None = None) -> None:
        """Run a command on a selection (None: on the window's), or say why it cannot be done."""
        chosen = selection or self.select()
        if reason := command.why_not(chosen):
            self.message_ready.emit(render(reason))
        else:
            command.run(self._window, chosen)
        self.refresh()

    def run_next(self, chosen: OneEntry) -> None:
        """Run the command that an entry waits for, if there is one."""
        selection = replace(self.select(), entries=chosen)
        if command := find_next(chosen.entry, self.commands, selection.actor):
            self.run(command, selection)

    def refresh(self) -> None:
        """Look again which commands are on and which can be done: something in the window has changed."""
        for command in self.commands:
            if command.checked:
                self[command.id].setChecked(command.checked(self._window))
        self.changed.emit()

    # -- menus

    def build_main_menu(self, titles: Mapping[Place, str]) -> QMenu:
        """Build the window's menu: one menu inside it for each place."""
        self._titles = titles
        self.main_menu = QMenu(self._window)
        for place in titles:
            self._menus[place] = self.main_menu.addMenu("")
            self._fill(self._menus[place], place)
        return self.main_menu

    def open_menu(self, place: Place, at: QPoint) -> None:
        """Open a context menu at a global position."""
        if place not in self._menus:
            self._menus[place] = QMenu(self._window)
            self._fill(self._menus[place], place)
        self._menus[place].popup(at)

    def _fill(self, menu: QMenu, place: Place) -> None:
        menu.setToolTipsVisible(True)
        for command in self.list_commands(place):
            if command.starts_group:
                menu.addSeparator()
            menu.addAction(self[command.id])
        menu.aboutToShow.connect(partial(self._disable_impossible, place))
        menu.aboutToHide.connect(partial(self._enable, place))

    def _disable_impossible(self, place: Place) -> None:
        """Disable what cannot be done while its menu is open. Otherwise every action stays enabled, so that a shortcut
        always answers, if only to say why nothing can be done."""
        selection = self.select()
        for command in self.list_commands(place):
            if reason := command.why_not(selection):
                self[command.id].setEnabled(False)
                self[command.id].setToolTip(render(reason))

    def _enable(self, place: Place) -> None:
        for command in self.list_commands(place):
            self[command.id].setEnabled(True)
            self[command.id].setToolTip(format_tip(command))

    # -- buttons

    def make_buttons(
        self,
        place: Place,
        select: Callable[[], Selection] | None = None,
        *,
        kind: Kind = Kind.NORMAL,
        kinds: Mapping[str, Kind] = NO_KINDS,
        tall: bool = False,
    ) -> dict[str, "CommandButton"]:
        """Make a button for each command of that place; returns them by the command's id. `select`: what they act on,
        instead of what is chosen in the window. `kinds`: of single commands, where they differ from `kind`."""
        chosen = select or self.select
        commands = self.list_commands(place)
        return {c.id: CommandButton(self, c, chosen, kinds.get(c.id, kind), tall=tall) for c in commands}

    # -- texts

    def retranslate(self) -> None:
        for place, title in self._titles.items():
            self._menus[place].setTitle(_(title))
        for command in self.commands:
            action = self[command.id]
            action.setText(name_command(command))
            action.setToolTip(format_tip(command))
            action.setStatusTip(_(command.tip))
        self.changed.emit()


class CommandButton(Button):
    """Runs a command. Where that cannot be done it is disabled, and its tip says why."""

    def __init__(
        self, actions: Actions, command: Command[Any], select: Callable[[], Selection], kind: Kind, *, tall: bool
    ):
        super().__init__("", kind, icon=command.icon, tall=tall)
        self._command, self._select, self._has_words = command, select, True
        self._actions, self.is_short = actions, True
        self.take_over: Callable[[], bool] | None = None  # does what the press asks for, where it returns True
        self.setCheckable(command.checked is not None)
        self.clicked.connect(lambda _=False: self._run())
        self._action = actions[command.id]
        actions.changed.connect(self.refresh)

    def _run(self) -> None:
        if not (self.take_over and self.take_over()):
            self._actions.run(self._command, self._select())

    def show_words(self, on: bool) -> None:
        """Show the label beside the icon, or the icon alone where there is little room; the tip has the label."""
        if on != self._has_words:
            self._has_words = on
            if self.accessibleName():  # it was shown before
                self.refresh()

    def refresh(self) -> None:
        """Show the label in the language of the window, and whether the command is on and can be done."""
        reason = self._command.why_not(self._select())
        label = _(self._command.short) if self._command.short and self.is_short else name_command(self._command)
        self.setText(label if self._has_words or not self._command.icon else "")
        self.setAccessibleName(label.replace("&", ""))
        self.setChecked(self._action.isChecked())
        self.setEnabled(reason is None and not self.is_busy)
        self.setToolTip(render(reason) if reason else format_tip(self._command))


def name_command(command: Command[Any]) -> str:
    """Return the label of a command in the language of the window."""
    return _(command.label)


def format_tip(command: Command[Any]) -> str:
    """Write the tip of a command in the language of the window, with its shortcut."""
    tip = _(command.tip)
    return f"{tip} ({command.shortcut})" if command.shortcut else tip
