"""Every command of the main window, once: menus, buttons, palette and list of shortcuts are made of these tables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fhirdesk.i18n.translation import N_
from ui.actions.command import Command, Place
from ui.window.commands.arrange import ARRANGE
from ui.window.commands.queue import QUEUE
from ui.window.commands.records import RECORDS
from ui.window.commands.view import VIEW

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

MENUS: Mapping[Place, str] = {
    Place.FILE: N_("&File"),
    Place.QUEUE: N_("&Queue"),
    Place.VIEW: N_("&View"),
    Place.HELP: N_("&Help"),
}
COMMANDS: "tuple[Command[MainWindow], ...]" = (*RECORDS, *QUEUE, *VIEW, *ARRANGE)
