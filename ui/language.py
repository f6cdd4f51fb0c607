"""Korean and English, switchable while the program runs."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from fhirdesk.entry import Reason
from fhirdesk.errors import FhirDeskError
from fhirdesk.words import say as say_in
from ui import assets

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


def translate(context: str, text: str, number: int = -1) -> str:
    """A word of one of the tables in `ui.words`; `number` fills %n."""
    return QCoreApplication.translate(context, text, None, number)


def mark(context: str, text: str) -> str:  # lupdate reads the context
    """A text of a table, marked for translation and translated when it is shown."""
    return text


def say(reason: Reason | FhirDeskError) -> str:
    """A reason or an error in the user's language; a field is called by its name on the form."""
    params = dict(reason.params)
    if "field" in params:
        params["field"] = translate("Fields", params["field"])
    return say_in(reason.code, params, _lang)
