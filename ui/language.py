"""Korean and English, switchable while the program runs."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from fhirdesk.entry import Reason
from fhirdesk.errors import FhirDeskError
from fhirdesk.words import say as say_in
from ui import assets


def mark(context: str, text: str) -> str:  # lupdate reads the context
    """A text of a table, marked for translation and translated when it is shown."""
    return text


FIELDS = {
    "patient_id": mark("Fields", "Patient number"),
    "family_name": mark("Fields", "Family name"),
    "given_name": mark("Fields", "Given name"),
    "gender": mark("Fields", "Gender"),
    "birth_date": mark("Fields", "Date of birth"),
    "phone": mark("Fields", "Phone"),
    "email": mark("Fields", "Email"),
    "address": mark("Fields", "Address"),
    "postcode": mark("Fields", "Postcode"),
}
_lang = "en"
_installed: list[QTranslator] = []


def current() -> str:
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
        ("", assets.translation(lang)),
    ):
        translator = QTranslator(app)
        if translator.load(name, folder):
            _installed.append(translator)
            app.installTranslator(translator)


def translate(context: str, text: str) -> str:
    """A word of one of the tables."""
    return QCoreApplication.translate(context, text)


def field_word(name: str) -> str:
    """A record's field as the form calls it; one that no form shows by its own name."""
    return translate("Fields", FIELDS[name]) if name in FIELDS else name


def say(reason: Reason | FhirDeskError) -> str:
    """A reason or an error in the user's language; a field is called by its name on the form."""
    params = dict(reason.params)
    if "field" in params:
        params["field"] = field_word(params["field"])
    return say_in(reason.code, params, _lang)
