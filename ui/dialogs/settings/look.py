"""Colours and language of the window."""

from PySide6.QtCore import Signal

from fhirdesk.core.settings import Source
from fhirdesk.i18n.translation import LANGUAGES, N_, _, current_language
from ui.dialogs.settings.page import SOURCES, Page
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

    def __init__(self, theme: Theme, lang_source: Source = Source.DEFAULT):
        """`theme`: the one that is kept. `lang_source`: where the language of this start comes from."""
        super().__init__(_("Look and language"), _("Shown at once, and kept for the next start."))
        self.add_part(_("Colours"))
        themes, langs = list(THEMES), sorted(LANGUAGES, reverse=True)
        self.theme = Segments([_(word) for word in THEMES.values()], _("Theme"))
        self.theme.choose(themes.index(theme))
        self.theme.chosen.connect(lambda number: self.theme_chosen.emit(themes[number].value))
        self.add_row(_("Theme"), self.theme, _("default") if theme is Theme.SYSTEM else _("chosen here"))
        self.add_part(_("Language"))
        self.lang = Segments([NAMES[lang] for lang in langs], _("Language"))
        self.lang.choose(langs.index(current_language()))
        self.lang.chosen.connect(lambda number: self.lang_chosen.emit(langs[number]))
        of_window = _("chosen here, else the desktop's")
        source = _(SOURCES[lang_source]) if lang_source is Source.OPTION else of_window
        self.add_row(_("Language of the window"), self.lang, source)
        self.body.addStretch(1)
