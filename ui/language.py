"""Korean and English, switchable while the program runs."""

from collections.abc import Callable

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
    """`ko` or `en`."""
    return _lang


def locale() -> QLocale:
    """How dates and numbers are written."""
    return QLocale("ko_KR" if _lang == "ko" else "en_GB")


def install(app: QApplication, lang: str) -> None:
    """Speak `lang` from now on; every window gets a LanguageChange event."""
    global _lang
    _lang = lang
    for old in _installed:
        app.removeTranslator(old)
    _installed.clear()
    QLocale.setDefault(locale())
    for folder, name in (
        (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), f"qtbase_{lang}"),
        ("", assets.translation_path(lang)),
    ):
        translator = QTranslator(app)
        if translator.load(name, folder):
            _installed.append(translator)
            app.installTranslator(translator)


def translate(context: str, text: str) -> str:
    """A word of one of the tables."""
    return QCoreApplication.translate(context, text)


def field_label(name: str) -> str:
    """A record's field as the form calls it; one that no form shows by its own name."""
    return translate("Fields", FIELDS[name]) if name in FIELDS else name


def type_label(name: str) -> str:
    """A record type; one that a plug-in brought is called by its own name."""
    return translate("Types", TYPES[name]) if name in TYPES else name


def inside_sentence(word: str) -> str:
    """A word in the middle of a sentence: 'phone', but 'AI report'."""
    return word if word[1:2].isupper() else word[:1].lower() + word[1:]


def render(reason: Reason | FhirDeskError) -> str:
    """A reason or an error in the user's language: fields, elements and types by the names that people use."""
    code, params = reason.code, dict(reason.params)
    for name, word in NAMED.items():
        if name in params:
            params[name] = inside_sentence(word(params[name]))
    text = messages.render(code, params, _lang)
    return text[:1].upper() + text[1:] if params.keys() & NAMED else text


def _elements(named: str) -> str:
    """'phone, email', or elements such as 'address home', as the form calls the fields."""
    return ", ".join(dict.fromkeys(inside_sentence(_element(e)) for e in named.split(", ")))


def _element(named: str) -> str:
    if named in FIELDS:
        return field_label(named)
    path = named.partition(".")[2] if named[:1].isupper() and "." in named else named
    field = next((field for element, field in ELEMENTS.items() if path.startswith(element)), None)
    return field_label(field) if field else named


NAMED: dict[str, Callable[[str], str]] = {"field": field_label, "type": type_label, "elements": _elements}
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
