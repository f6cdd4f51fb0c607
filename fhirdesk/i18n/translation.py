"""Texts in the user's language: written in English where they are used, and looked up in gettext's catalogue (locale/)
each time they are shown, so that they follow a change of the language.

`_` looks a text up; `N_` only marks one that a table holds, for `make translations`; `pgettext` is for an English word
that needs two in Korean; `fill` puts parameters in.
"""

import functools
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from fhirdesk.i18n.particles import with_particles

LANGUAGES = ("en", "ko")
FOLDER = Path(__file__).parent / "locale"

_language = "en"


def current_language() -> str:
    """The language in which texts are shown now: `en` or `ko`."""
    return _language


def set_language(lang: str) -> None:
    """Show texts in `lang` from now on."""
    global _language
    _language = lang


@functools.cache
def load_catalogue(lang: str) -> NullTranslations:
    """The texts of a language; none for English, which the texts are written in. Read once and whole: an update of the
    program that replaces the file leaves an open window as it is."""
    path = FOLDER / lang / "LC_MESSAGES" / "fhirdesk.mo"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return `text` as it is: marked, to be looked up when it is shown."""
    return text


def _(text: str, lang: str | None = None) -> str:
    """Look `text` up in `lang`, or the language that texts are shown in now; a text without a translation stays."""
    return load_catalogue(lang or _language).gettext(text) if text else ""


def pgettext(context: str, text: str) -> str:
    """Look up a word that means another thing elsewhere; `context` says what it means here."""
    return load_catalogue(_language).pgettext(context, text)


def ngettext(one: str, many: str, number: int) -> str:
    """Look up the text for `number` things."""
    return load_catalogue(_language).ngettext(one, many, number)


def fill(text: str, /, **params: Any) -> str:
    """Put parameters into a text that was looked up; Korean particles are made to fit what they follow."""
    return with_particles(text.format(**params))
