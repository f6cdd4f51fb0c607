"""Korean and English, switchable while the program runs."""

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.queue_entry import Reason
from fhirdesk.i18n import messages
from ui import assets
from ui.field_words import ELEMENTS, FIELDS, TYPES, mark

_lang = "en"
_installed: list[QTranslator] = []


def current_lang() -> str:
    """The language of the window: `ko` or `en`."""
    return _lang


def locale() -> QLocale:
    """The locale in which dates and numbers are written."""
    return QLocale("ko_KR" if _lang == "ko" else "en_GB")


def install(app: QApplication, lang: str) -> None:
    """Translate into `lang` from now on; every window gets a LanguageChange event."""
    global _lang
    _lang = lang
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    QLocale.setDefault(locale())
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for path in (Path(qt_folder, f"qtbase_{lang}.qm"), Path(assets.translation_path(lang))):
        translator = QTranslator(app)
        if translator.load(_read(path)):
            _installed.append(translator)
            app.installTranslator(translator)


@functools.cache
def _read(path: Path) -> bytes:
    """The translation's bytes, empty where there is no file. Qt would map the file, and crash at the next text once an
    update has overwritten it; it does not copy these bytes, which the cache keeps until the end."""
    return path.read_bytes() if path.is_file() else b""


def translate(context: str, text: str) -> str:
    """Translate a text of one of the tables into the language of the window."""
    return QCoreApplication.translate(context, text)


def translate_into_all(context: str, text: str) -> tuple[str, str]:
    """A text of one of the tables in English and in Korean, whatever the language of the window is."""
    return text, _load_korean().translate(context, text) or text


@functools.cache
def _load_korean() -> QTranslator:
    translator = QTranslator()
    translator.load(_read(Path(assets.translation_path("ko"))))
    return translator


def field_label(name: str) -> str:
    """The label of a record's field, as the form shows it; a field without a label is shown by its own name."""
    return translate("Fields", FIELDS[name]) if name in FIELDS else name


def type_label(name: str) -> str:
    """The label of a record type; a plug-in's type is shown by its own name."""
    return translate("Types", TYPES[name]) if name in TYPES else name


def inside_sentence(word: str) -> str:
    """A label as it stands inside a sentence: 'phone', but 'AI report'."""
    return word if word[1:2].isupper() else word[:1].lower() + word[1:]


def render(reason: Reason | FhirDeskError) -> str:
    """Render a reason or an error in the user's language, with the labels of fields, elements and record types."""
    code, params = reason.code, dict(reason.params)
    for name, word in NAMED.items():
        if name in params:
            params[name] = inside_sentence(word(params[name]))
    text = messages.render(code, params, _lang)
    return text[:1].upper() + text[1:] if params.keys() & NAMED else text


def _label_elements(named: str) -> str:
    """Labels of several elements: 'phone, email', or elements such as 'address home' by the form's labels."""
    return ", ".join(dict.fromkeys(inside_sentence(_label_element(e)) for e in named.split(", ")))


def _label_element(named: str) -> str:
    if named in FIELDS:
        return field_label(named)
    path = named.partition(".")[2] if named[:1].isupper() and "." in named else named
    field = next((field for element, field in ELEMENTS.items() if path.startswith(element)), None)
    return field_label(field) if field else named


NAMED: dict[str, Callable[[str], str]] = {"field": field_label, "type": type_label, "elements": _label_elements}
__all__ = [
    "current_lang",
    "field_label",
    "inside_sentence",
    "install",
    "locale",
    "mark",
    "render",
    "translate",
    "type_label",
]
