"""The components of the settings, in the gallery."""

from collections.abc import Sequence

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import COLOURS
from fhirdesk.core.views import CheckStep
from ui.widgets.connection_steps import ConnectionSteps
from ui.widgets.server_list import ServerLine, ServerList
from ui.widgets.sparkline import Sparkline


def build_servers() -> Sequence[QWidget]:
    """Build the line of answers, the steps of a test, and the list of servers."""
    line, steps, servers = Sparkline(), ConnectionSteps(), ServerList("Servers")
    line.show_values((38, 41, 36, 52, 92, 44, 38, 40, 61, 39))
    message = Reason("check_silent", {"host": "fhir.example", "port": "443"})
    steps.show_steps([CheckStep("dns", True, 3, message), CheckStep("tls", False, 41, message)])
    used = ServerLine("a", "Hanbit", "connected · 38 ms", QColor(COLOURS[3]), is_connected=True, tag="In use")
    servers.show_servers([used, ServerLine("b", "Saebom", "12 waiting", QColor(COLOURS[1]))])
    servers.setFixedHeight(112)
    return line, steps, servers
