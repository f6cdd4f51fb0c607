"""Which version this is, and whose work is in it."""

import platform

from PySide6.QtCore import qVersion

from fhirdesk import __version__
from fhirdesk.i18n.translation import N_, _
from ui.dialogs.settings.page import Page

LICENCES = (
    ("Pretendard", N_("font of all texts"), "SIL Open Font License 1.1"),
    ("JetBrains Mono", N_("font of JSON"), "SIL Open Font License 1.1"),
    ("Lucide", N_("icons"), "ISC License"),
    ("Qt, PySide6", N_("the window"), "LGPL 3"),
)


class AboutPage(Page):
    """Version and licences."""

    def __init__(self) -> None:
        super().__init__(_("About"))
        self.add_part("FHIR Desk")
        self.add_text(_("Version"), __version__)
        self.add_text("FHIR", "R4 (4.0.1)")
        self.add_text(_("Licence"), "Apache-2.0")
        self.add_text("Python · Qt", f"{platform.python_version()} · {qVersion()}")
        self.add_part(_("What it is made with"))
        for name, purpose, licence in LICENCES:
            self.add_text(name, licence, _(purpose))
        self.body.addStretch(1)
