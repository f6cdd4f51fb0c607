"""What the window remembers: language, colours, layout. No patient data."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QSettings

from fhirdesk.core.private_files import check_private
from ui.theme import Theme


class Preferences:
    """Settings of the window, in the data folder, so that two folders do not disturb each other. Raises DataFolderError
    where something else than a file of ours has their name."""

    def __init__(self, data_dir: Path):
        check_private(data_dir / "window.ini")
        self._file = QSettings(str(data_dir / "window.ini"), QSettings.Format.IniFormat)

    @property
    def lang(self) -> str:
        """`ko` or `en`: chosen here, else the desktop's."""
        chosen = str(self._file.value("lang", ""))
        if chosen in ("ko", "en"):
            return chosen
        return "ko" if QLocale.system().language() == QLocale.Language.Korean else "en"

    @lang.setter
    def lang(self, lang: str) -> None:
        self._file.setValue("lang", lang)

    @property
    def theme(self) -> Theme:
        """Light, dark, or like the desktop."""
        chosen = str(self._file.value("theme", ""))
        return Theme(chosen) if chosen in list(Theme) else Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._file.setValue("theme", theme.value)

    def read_state(self, name: str) -> QByteArray:
        """A saved state, empty when there is none."""
        found = self._file.value(f"layout/{name}")
        return found if isinstance(found, QByteArray) else QByteArray()

    def keep(self, **states: QByteArray) -> None:
        """Save states of docks and columns."""
        for name, state in states.items():
            self._file.setValue(f"layout/{name}", state)
        self._file.sync()

    def reset_layout(self) -> None:
        """As it was at first."""
        self._file.remove("layout")
