"""The preferences of the window: language, colours, layout. No patient data."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QSettings

from fhirdesk.core.private_files import check_private
from ui.theme import Theme


class Preferences:
    """Settings of the window, in its data folder, so that two data folders do not disturb each other. Raises
    DataFolderError where something that is not our file has their name."""

    def __init__(self, data_dir: Path):
        check_private(data_dir / "window.ini")
        self._file = QSettings(str(data_dir / "window.ini"), QSettings.Format.IniFormat)

    @property
    def lang(self) -> str:
        """The language chosen here, else the desktop's: `ko` or `en`."""
        saved = str(self._file.value("lang", ""))
        if saved in ("ko", "en"):
            return saved
        return "ko" if QLocale.system().language() == QLocale.Language.Korean else "en"

    @lang.setter
    def lang(self, lang: str) -> None:
        self._file.setValue("lang", lang)

    @property
    def theme(self) -> Theme:
        """The theme chosen here, else the desktop's."""
        saved = str(self._file.value("theme", ""))
        return Theme(saved) if saved in list(Theme) else Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._file.setValue("theme", theme.value)

    def read_state(self, name: str) -> QByteArray:
        """A saved state of Qt; empty when none was saved."""
        state = self._file.value(f"layout/{name}")
        return state if isinstance(state, QByteArray) else QByteArray()

    def save(self, **states: QByteArray) -> None:
        """Save states of docks and columns."""
        for name, state in states.items():
            self._file.setValue(f"layout/{name}", state)
        self._file.sync()

    def read_view(self, name: str) -> str:
        """How a list was sorted and filtered; empty when nothing was saved."""
        return str(self._file.value(f"layout/{name}_view", ""))

    def save_views(self, views: Mapping[str, str]) -> None:
        """Save how lists are sorted and filtered."""
        for name, view in views.items():
            self._file.setValue(f"layout/{name}_view", view)
        self._file.sync()

    def reset_layout(self) -> None:
        """Forget the saved layout, so that the next start has the default one."""
        self._file.remove("layout")
