"""Korean and English, switchable while the program runs."""

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.queue_entry import Reason
from fhirdesk.i18n import messages
from fhirdesk.i18n.labels import element_labels, field_label, inside_sentence, type_label
from fhirdesk.i18n.translation import current_language, set_language

_installed: list[QTranslator] = []


def locale() -> QLocale:
    """The locale in which dates and numbers are written."""
    return QLocale("ko_KR" if current_language() == "ko" else "en_GB")


def install(app: QApplication, lang: str) -> None:
    """Show texts in `lang` from now on; Qt's own, too: buttons of its dialogs, menus of its line edits."""
    set_language(lang)
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    QLocale.setDefault(locale())
    translator = QTranslator(app)
    if translator.load(_read_qt_texts(lang)):
        _installed.append(translator)
        app.installTranslator(translator)


@functools.cache
def _read_qt_texts(lang: str) -> bytes:
    """Read Qt's own texts, empty where there is no file. Qt would map the file, and crash at the next text once an
    update has overwritten it; it does not copy these bytes, which the cache keeps until the end."""
    path = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), f"qtbase_{lang}.qm")
    return path.read_bytes() if path.is_file() else b""


def render(reason: Reason | FhirDeskError) -> str:
    """Render a reason or an error in the user's language, with the labels of fields, elements and record types."""
    code, params = reason.code, dict(reason.params)
    for name, word in NAMED.items():
        if name in params:
            params[name] = inside_sentence(word(params[name]))
    text = messages.render(code, params, current_language())
    return text[:1].upper() + text[1:] if params.keys() & NAMED else text


NAMED: dict[str, Callable[[str], str]] = {"field": field_label, "type": type_label, "elements": element_labels}
