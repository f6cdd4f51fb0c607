"""The catalogue of texts: every text of the code is in it, in Korean, with the same parameters, and compiled."""

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from fhirdesk.i18n.translation import FOLDER, _, fill, load_catalogue, ngettext, pgettext, set_language

ROOT = Path(__file__).parents[1]
PO = FOLDER / "ko" / "LC_MESSAGES" / "fhirdesk.po"
ROOMS = ("fhirdesk", "ui")
SOURCES = {path: path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py")}
GUESSED = re.compile(r"\}[\"”’]* ?(은|는|이|가|을|를|과|와|로|으로|라는|이라는)(?![\w(])")


@pytest.fixture(scope="module")
def catalogue() -> Any:
    pofile = pytest.importorskip("babel.messages.pofile", reason="Babel is not installed: make test does")
    with PO.open("rb") as file:
        return pofile.read_po(file, locale="ko")


@pytest.fixture
def korean() -> Iterator[None]:
    set_language("ko")
    yield
    set_language("en")


def parameters(text: str) -> set[str | None]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def pairs(catalogue: Any) -> list[tuple[str, str]]:
    return [
        (english, korean)
        for message in catalogue
        if message.id
        for english in ([message.id] if isinstance(message.id, str) else message.id)
        for korean in ([message.string] if isinstance(message.string, str) else message.string)
    ]


def test_every_text_of_the_code_is_in_the_catalogue_and_nothing_else(catalogue: Any) -> None:
    extract = pytest.importorskip("babel.messages.extract")
    keywords = extract.DEFAULT_KEYWORDS | {"N_": None}
    texts = {
        (context, text)
        for room in ROOMS
        for _file, _line, text, _comments, context in extract.extract_from_dir(ROOT / room, keywords=keywords)
    }
    held = {(message.context, message.id) for message in catalogue if message.id}
    assert len(texts) > 900
    assert texts ^ held == set(), "run make translations"
    assert not catalogue.obsolete


def test_every_text_has_its_korean(catalogue: Any) -> None:
    assert [message.id for message in catalogue if message.id and (message.fuzzy or not message.string)] == []
    assert all(korean for _english, korean in pairs(catalogue))


def test_both_languages_say_the_same_parameters(catalogue: Any) -> None:
    assert {e: k for e, k in pairs(catalogue) if parameters(e) != parameters(k)} == {}


def test_what_the_program_reads_is_what_the_catalogue_says(catalogue: Any) -> None:
    mofile = pytest.importorskip("babel.messages.mofile")
    compiled = BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    read = load_catalogue("ko")
    assert isinstance(read, GNUTranslations)
    assert vars(read)["_catalog"] == vars(GNUTranslations(compiled))["_catalog"], "run make translations"


def test_no_particle_after_a_parameter_is_guessed(catalogue: Any) -> None:
    assert [korean for _english, korean in pairs(catalogue) if GUESSED.search(korean)] == []


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path, text in SOURCES.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_no_text_is_looked_up_in_qts_catalogues() -> None:
    assert [where for where, call in calls("tr") if isinstance(call.func, ast.Attribute)] == []
    assert [path for path, text in SOURCES.items() if "QCoreApplication.translate(" in text] == []


def test_no_text_is_put_together_before_it_is_looked_up() -> None:
    names = ("_", "N_", "ngettext", "pgettext")
    found = [
        where for name in names for where, call in calls(name) if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert found == []


def test_parameters_are_put_in_with_their_particles() -> None:
    found = [
        where
        for where, call in calls("format")
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)
        if getattr(call.func.value.func, "id", "") in ("_", "ngettext", "pgettext")
    ]
    assert found == [], "fill does"


def functions(text: str) -> Iterator[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))


def test_no_function_that_looks_texts_up_hides_what_does() -> None:
    found = []
    for path, text in SOURCES.items():
        for function in functions(text):
            names = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == "_"]
            if {type(n.ctx) for n in names} >= {ast.Store, ast.Load}:
                found.append(f"{path.relative_to(ROOT)}:{function.lineno}")  # type: ignore[attr-defined]
    assert found == []


def test_a_text_is_shown_in_the_language_of_now(korean: None) -> None:
    assert _("Cancel") == "취소" and pgettext("question", "Cancel") == "돌아가기"
    assert _("Cancel", "en") == "Cancel" and _("no such text") == "no such text" and _("") == ""
    assert ngettext("{count} person", "{count} people", 2) == "{count}명"
    set_language("en")
    assert _("Cancel") == "Cancel" and ngettext("{count} person", "{count} people", 1) == "{count} person"


def test_a_particle_fits_what_is_put_in(korean: None) -> None:
    text = _("same as version {version}, seen on the server at {when}")
    assert "버전 3과" in fill(text, version="3", when="9:00") and "버전 2와" in fill(text, version="2", when="9:00")
