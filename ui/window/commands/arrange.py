"""The commands that arrange the panes. They act on the pane that had the focus last."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fhirdesk.i18n.translation import N_
from ui.actions.command import Command, Place
from ui.actions.selection import always
from ui.window.menu_key import open_context_menu

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

PANE = frozenset({Place.VIEW, Place.PANE_MENU, Place.PREVIEW_MENU})

ARRANGE: "tuple[Command[MainWindow], ...]" = (
    Command(
        "pane_left",
        N_("Move the pane to the left"),
        N_("The pane that has the focus, at the left of the window"),
        lambda w, _: w.layout_.arrangement.move(Qt.DockWidgetArea.LeftDockWidgetArea),
        places=PANE,
        condition=always,
        aliases="dock arrange",
        icon="panel-left",
        starts_group=True,
    ),
    Command(
        "pane_right",
        N_("Move the pane to the right"),
        N_("The pane that has the focus, at the right of the window"),
        lambda w, _: w.layout_.arrangement.move(Qt.DockWidgetArea.RightDockWidgetArea),
        places=PANE,
        condition=always,
        aliases="dock arrange",
        icon="panel-right",
    ),
    Command(
        "pane_below",
        N_("Move the pane below"),
        N_("The pane that has the focus, below the others"),
        lambda w, _: w.layout_.arrangement.move(Qt.DockWidgetArea.BottomDockWidgetArea),
        places=PANE,
        condition=always,
        aliases="dock arrange bottom",
        icon="panel-bottom",
    ),
    Command(
        "pane_maximise",
        N_("Maximise the pane"),
        N_("The pane that has the focus alone, or all panes again"),
        lambda w, _: w.layout_.arrangement.maximise(not w.layout_.arrangement.is_maximised),
        "Ctrl+Shift+M",
        PANE,
        always,
        checked=lambda w: w.layout_.arrangement.is_maximised,
        aliases="zoom alone full",
        icon="maximize",
    ),
    Command(
        "pane_float",
        N_("Float the pane"),
        N_("The pane that has the focus as a window of its own, or back in its place"),
        lambda w, _: w.layout_.arrangement.float(not w.layout_.arrangement.is_floating),
        places=PANE,
        condition=always,
        checked=lambda w: w.layout_.arrangement.is_floating,
        aliases="undock detach window",
        icon="external-link",
    ),
    Command(
        "reset_layout",
        N_("Reset the layout"),
        N_("Panes, columns, sort and filters as they were at first"),
        lambda w, _: w.layout_.reset(),
        places=PANE,
        condition=always,
        aliases="panes docks columns default",
    ),
    Command(
        "context_menu",
        N_("Open the context menu"),
        N_("What can be done with what has the focus"),
        lambda *_: open_context_menu(),
        "Shift+F10",
        condition=always,
        aliases="right click",
    ),
    Command(
        "menu",
        N_("Open the menu"),
        N_("All commands by their place; Alt alone opens it, too"),
        lambda w, _: w.top.open_menu(),
        "F10",
        condition=always,
        aliases="commands bar",
        icon="menu",
    ),
)
