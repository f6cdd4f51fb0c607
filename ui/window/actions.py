"""The registry of actions: it feeds the menus, the top bar, the command palette and the list of shortcuts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from ui.language import mark, translate


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as data: name, text, tip, shortcut, menu."""

    name: str
    text: str
    tip: str
    keys: str = ""
    menu: str = ""
    checkable: bool = False
    apart: bool = False  # a line above it in the menu


FILE, QUEUE, VIEW, HELP = (
    mark("Menus", "&File"),
    mark("Menus", "&Queue"),
    mark("Menus", "&View"),
    mark("Menus", "&Help"),
)
SPECS = (
    ActionSpec("new_patient", mark("Actions", "New patient…"), mark("Actions", "Register a patient"), "Ctrl+N", FILE),
    ActionSpec(
        "import",
        mark("Actions", "Import…"),
        mark("Actions", "Read records from files: JSON, NDJSON, CSV"),
        "Ctrl+O",
        FILE,
    ),
    ActionSpec(
        "look_file",
        mark("Actions", "Preview a file…"),
        mark("Actions", "Look at records or FHIR in a file, checked but not stored"),
        "Ctrl+Shift+O",
        FILE,
    ),
    ActionSpec(
        "look_pasted",
        mark("Actions", "Preview pasted text"),
        mark("Actions", "Look at what is on the clipboard, checked but not stored"),
        "Ctrl+Shift+V",
        FILE,
    ),
    ActionSpec(
        "sample",
        mark("Actions", "Sample clinic"),
        mark("Actions", "Practise with invented people on this computer's own server"),
        "",
        FILE,
        apart=True,
    ),
    ActionSpec(
        "connect",
        mark("Actions", "Connect to a server…"),
        mark("Actions", "Set or change the FHIR server"),
        "Ctrl+,",
        FILE,
    ),
    ActionSpec(
        "quit",
        mark("Actions", "Quit"),
        mark("Actions", "Let the answers in flight arrive and close"),
        "Ctrl+Q",
        FILE,
        apart=True,
    ),
    ActionSpec(
        "send_now",
        mark("Actions", "Send now"),
        mark("Actions", "Send everything that waits, without waiting longer"),
        "Ctrl+Return",
        QUEUE,
    ),
    ActionSpec("pause", mark("Actions", "Pause"), mark("Actions", "Send nothing until it is resumed"), "", QUEUE),
    ActionSpec(
        "retry",
        mark("Actions", "Retry"),
        mark("Actions", "Send the selected entries again"),
        "Ctrl+R",
        QUEUE,
        apart=True,
    ),
    ActionSpec(
        "retry_all", mark("Actions", "Retry all refused…"), mark("Actions", "Send every refused entry again"), "", QUEUE
    ),
    ActionSpec(
        "correct",
        mark("Actions", "Edit and retry…"),
        mark("Actions", "Correct the selected entry and send it again"),
        "Ctrl+E",
        QUEUE,
        apart=True,
    ),
    ActionSpec(
        "decide",
        mark("Actions", "Decide…"),
        mark("Actions", "End the conflict of the selected entry: mine, theirs or edit"),
        "Ctrl+D",
        QUEUE,
    ),
    ActionSpec(
        "hold",
        mark("Actions", "Hold"),
        mark("Actions", "Keep the selected entries back until they are released"),
        "",
        QUEUE,
        apart=True,
    ),
    ActionSpec("release", mark("Actions", "Release"), mark("Actions", "Let the selected held entries go"), "", QUEUE),
    ActionSpec(
        "cancel", mark("Actions", "Take back"), mark("Actions", "Take the selected entries out of the queue"), "", QUEUE
    ),
    ActionSpec(
        "discard",
        mark("Actions", "Discard…"),
        mark("Actions", "Give the selected entries up, with a reason"),
        "",
        QUEUE,
    ),
    ActionSpec(
        "chain",
        mark("Actions", "The patient's chain…"),
        mark("Actions", "What of this patient is not on the server, and what waits for what"),
        "Ctrl+H",
        QUEUE,
        apart=True,
    ),
    ActionSpec(
        "causes",
        mark("Actions", "Group by cause"),
        mark("Actions", "Show what needs a person, grouped by cause"),
        "Ctrl+G",
        QUEUE,
    ),
    ActionSpec("refresh", mark("Actions", "Refresh"), mark("Actions", "Read everything again"), "F5", VIEW),
    ActionSpec(
        "find", mark("Actions", "Find a patient"), mark("Actions", "Go to the search of patients"), "Ctrl+F", VIEW
    ),
    ActionSpec(
        "filter", mark("Actions", "Filter the queue"), mark("Actions", "Go to the filter of the queue"), "Ctrl+L", VIEW
    ),
    ActionSpec(
        "find_json",
        mark("Actions", "Find in the resource"),
        mark("Actions", "Search the preview"),
        "Ctrl+Shift+F",
        VIEW,
    ),
    ActionSpec(
        "tree",
        mark("Actions", "Tree"),
        mark("Actions", "Show the resource as a tree, or as text again"),
        "Ctrl+T",
        VIEW,
    ),
    ActionSpec(
        "palette", mark("Actions", "Find anything…"), mark("Actions", "Patients, numbers, commands"), "Ctrl+K", VIEW
    ),
    ActionSpec("light", mark("Actions", "Light"), mark("Actions", "Light colours"), "", VIEW, True, apart=True),
    ActionSpec("dark", mark("Actions", "Dark"), mark("Actions", "Dark colours"), "", VIEW, True),
    ActionSpec(
        "system", mark("Actions", "Like the system"), mark("Actions", "Colours as the desktop has them"), "", VIEW, True
    ),
    ActionSpec("korean", "한국어", "한국어", "", VIEW, True, apart=True),
    ActionSpec("english", "English", "English", "", VIEW, True),
    ActionSpec(
        "reset_layout",
        mark("Actions", "Reset the layout"),
        mark("Actions", "Panes and columns as they were at first"),
        "",
        VIEW,
        apart=True,
    ),
    ActionSpec("pane1", mark("Actions", "Patients"), mark("Actions", "Go to the patients"), "Alt+1", VIEW, apart=True),
    ActionSpec("pane2", mark("Actions", "Sync queue"), mark("Actions", "Go to the queue"), "Alt+2", VIEW),
    ActionSpec("pane3", mark("Actions", "Preview"), mark("Actions", "Go to the preview"), "Alt+3", VIEW),
    ActionSpec("shortcuts", mark("Actions", "Shortcuts"), mark("Actions", "All keys"), "F1", HELP),
    ActionSpec("about", mark("Actions", "About FHIR Desk"), mark("Actions", "Version and licence"), "", HELP),
)
RESUME = ActionSpec("pause", mark("Actions", "Resume"), mark("Actions", "Send again what waits"))
MENUS = (FILE, QUEUE, VIEW, HELP)


class Actions:
    """The QActions of a window, by name. An action does the same wherever it was chosen."""

    def __init__(self, window: QMainWindow):
        self._window, self._paused = window, False
        self.by_name: dict[str, QAction] = {}
        self._menus = {menu: window.menuBar().addMenu("") for menu in MENUS}
        for spec in SPECS:
            action = QAction(window)
            action.setCheckable(spec.checkable)
            if spec.keys:
                action.setShortcut(QKeySequence(spec.keys))
            if spec.apart:
                self._menus[spec.menu].addSeparator()
            self._menus[spec.menu].addAction(action)
            window.addAction(action)
            self.by_name[spec.name] = action
        self.retranslate()

    def connect_handlers(self, **doing: Callable[[], object]) -> None:
        """Connect each named action to its handler."""
        for name, act in doing.items():
            self.by_name[name].triggered.connect(lambda _=False, act=act: act())

    def limit_menu(self, menu: str, can: Callable[[], Mapping[str, bool]]) -> None:
        """While that menu is open, disable the actions that cannot work now. Outside the menu they stay enabled, so
        that a shortcut always answers, if only to say why nothing can be done."""
        before: dict[str, bool] = {}

        def disable() -> None:
            for name, works in can().items():
                before[name] = self.by_name[name].isEnabled()
                self.by_name[name].setEnabled(works and before[name])

        def restore() -> None:
            for name, enabled in before.items():
                self.by_name[name].setEnabled(enabled)

        self._menus[menu].aboutToShow.connect(disable)
        self._menus[menu].aboutToHide.connect(restore)

    def show_paused(self, paused: bool) -> None:
        """Turn Pause into Resume while sending is paused."""
        if paused != self._paused:
            self._paused = paused
            self.retranslate()

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def retranslate(self) -> None:
        for menu, widget in self._menus.items():
            widget.setTitle(translate("Menus", menu))
        for spec in SPECS:
            action = self.by_name[spec.name]
            shown = RESUME if spec.name == "pause" and self._paused else spec
            action.setText(translate("Actions", shown.text))
            tip = translate("Actions", shown.tip)
            action.setToolTip(f"{tip} ({spec.keys})" if spec.keys else tip)
            action.setStatusTip(tip)
