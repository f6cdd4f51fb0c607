"""Language and theme as segments: at the first start they are chosen before anything else."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fhirdesk.i18n.translation import _
from ui.actions.registry import Actions
from ui.widgets.chips import Segments

LANGS = ("korean", "english")  # commands
THEMES = ("light", "dark", "system")


class LookChoices(QWidget):
    """Runs the commands of the View menu, and shows which of them are on."""

    def __init__(self, actions: Actions):
        super().__init__()
        self._actions = actions
        self.langs, self.themes = Segments(("한국어", "English"), ""), Segments(("", "", ""), "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for segments, names in ((self.langs, LANGS), (self.themes, THEMES)):
            row.addWidget(segments)
            segments.chosen.connect(lambda number, names=names: actions[names[number]].trigger())
        actions.changed.connect(self._mark)

    def retranslate(self) -> None:
        self.langs.setAccessibleName(_("Language"))
        self.themes.setAccessibleName(_("Theme"))
        self.themes.set_texts((_("Light"), _("Dark"), _("System")))
        self._mark()

    def _mark(self) -> None:
        """Show which commands are on; of a theme that is not offered here, none."""
        for segments, names in ((self.langs, LANGS), (self.themes, THEMES)):
            on = [number for number, name in enumerate(names) if self._actions[name].isChecked()]
            segments.mark(on[0] if on else -1)
