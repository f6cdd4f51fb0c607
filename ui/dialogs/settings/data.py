"""Where the records of this computer lie, how long they are kept, and their copies."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices

from fhirdesk.core.settings import Settings
from fhirdesk.i18n.translation import _, fill
from ui.design import fonts
from ui.dialogs.settings.page import Page, name_source
from ui.dialogs.sheet import make_button


class DataPage(Page):
    """Nothing of it is changed here but the layout of the window."""

    layout_reset_requested = Signal()

    def __init__(self, settings: Settings, copies: tuple[Path, ...]):
        super().__init__(_("Data"), _("Records and queue are kept on this computer, in a folder of this user alone."))
        self._folder = settings.data_dir
        self.add_part(_("Folder"))
        folder = self.add_text(_("Data folder"), str(settings.data_dir), name_source(settings.source_of("data_dir")))
        folder.setFont(fonts.mono())
        self.open = make_button(_("Open the folder"), self._open)
        self.add_row("", self.open)
        self._add_retention(settings)
        self.add_part(_("Copies"))
        names = "\n".join(path.name for path in copies) or _("none yet")
        self.add_text(_("Copies of the database"), names, _("made before a newer version changes its form"))
        self.add_part(_("Window"))
        self.reset = make_button(_("Reset the layout"), self.layout_reset_requested.emit)
        self.add_row(_("Panes and columns"), self.reset)
        self.body.addStretch(1)

    def _add_retention(self, settings: Settings) -> None:
        self.add_part(_("How long what is over is kept"))
        kept, source = settings.retention, name_source(settings.source_of("retention"))
        days = _("{days} days")
        self.add_text(_("Saved changes"), fill(days, days=f"{kept.completed_days:g}"), source)
        self.add_text(_("Refused and given up"), fill(days, days=f"{kept.failed_days:g}"), source)
        self.add_note(_("Written in settings.toml in the data folder, under [retention]. The audit keeps its rows."))

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
