"""Colours and language of the window."""

from PySide6.QtCore import Signal

from fhirdesk.i18n.translation import LANGUAGES, N_, _, current_language
from ui.dialogs.settings.page import Page
from ui.theme import Theme
from ui.widgets.chips import Segments

THEMES = {
    Theme.SYSTEM: N_("Like the system"),
    Theme.LIGHT: N_("Light"),
    Theme.DARK: N_("Dark"),
    Theme.CONTRAST: N_("High contrast"),
}
NAMES = {"ko": "한국어", "en": "English"}


class LookPage(Page):
    """What is chosen here is shown at once, and kept for the next start."""

    theme_chosen = Signal(str)
    lang_chosen = Signal(str)

    def __init__(self, theme: Theme):
        super().__init__(_("Look and language"), _("Shown at once, and kept for the next start."))
        self.add_part(_("Colours"))
        themes, langs = list(THEMES), sorted(LANGUAGES, reverse=True)
        self.theme = Segments([_(word) for word in THEMES.values()], _("Theme"))
        self.theme.choose(themes.index(theme))
        self.theme.chosen.connect(lambda number: self.theme_chosen.emit(themes[number].value))
        self.add_row(_("Theme"), self.theme)
        self.add_part(_("Language"))
        self.lang = Segments([NAMES[lang] for lang in langs], _("Language"))
        self.lang.choose(langs.index(current_language()))
        self.lang.chosen.connect(lambda number: self.lang_chosen.emit(langs[number]))
        self.add_row(_("Language of the window"), self.lang)
        self.body.addStretch(1)
