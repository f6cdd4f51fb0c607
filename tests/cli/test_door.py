"""The door of what is printed: what it shows, the log, the line that is drawn again; and that there is no other."""

import ast
import itertools
import json
import logging
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from fhirdesk.core.terminal import Line, LogLine
from fhirdesk.core.visible import visible, visible_json
from tests.cli.test_terminal import EVIL, ROOT, unsafe
from tests.marks import fault


def test_every_sign_that_acts_is_made_visible_and_no_other() -> None:
    for sign in map(
        chr, itertools.chain(range(0x3100), range(0xD7B0, 0xE000), range(0xFE00, 0x10000), range(0xE0000, 0xE0080))
    ):
        acts = unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") or unicodedata.bidirectional(sign) in BIDI
        if acts:
            assert visible(sign) != sign, hex(ord(sign))
        if unicodedata.category(sign)[0] in "LMNPS" or sign in " \u3000\u00a0\u200c\u200d":
            assert visible(sign) == sign, hex(ord(sign))


BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def test_json_made_visible_says_the_same() -> None:
    for value in (EVIL, {"a": ["가\u202e", "\U000e0041", 1]}, "plain", "\x7f"):
        written = json.dumps(value, ensure_ascii=False).encode()
        assert json.loads(visible_json(written)) == value and not unsafe(visible_json(written).decode())


@fault("H3")
def test_a_line_of_the_log_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    record = logging.LogRecord("fhirdesk", logging.ERROR, __file__, 1, "refused: %s", (EVIL,), None)
    assert "\n" not in (said := LogLine("%(levelname)s %(message)s").format(record)) and not unsafe(said)
    try:
        raise ValueError(EVIL)
    except ValueError:
        record.exc_info = sys.exc_info()
    assert not unsafe(LogLine("%(message)s").format(record))


def test_the_progress_line_needs_no_escape_sequence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = Line()
    for text in ("가나다 12", "1", EVIL):
        line.draw(text)
    line.clear()
    drawn = capsys.readouterr().err
    assert (
        not unsafe(drawn.replace("\r", "")) and drawn.startswith("\r가나다 12\r1        \r") and drawn.endswith(" \r")
    )


PRINTS = {"stdout", "stderr", "__stdout__", "__stderr__"}


def prints(tree: ast.AST) -> Iterator[str]:
    """Where a module prints by itself."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in PRINTS
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
        ):
            yield f"{node.lineno} sys.{node.attr}"
        if isinstance(node, ast.Name) and node.id in ("print", "input"):
            yield f"{node.lineno} {node.id}"
        if isinstance(node, ast.ImportFrom | ast.Import) and any(
            a.name in (*PRINTS, "getpass", "warnings") for a in node.names
        ):
            yield f"{node.lineno} import"


@fault("H3")
def test_there_is_one_door() -> None:
    found = {}
    for path in itertools.chain.from_iterable((ROOT / room).rglob("*.py") for room in ("fhirdesk", "ui")):
        if path.name == "terminal.py" or "build" in path.parts:  # r4.build is a tool of ours
            continue
        if said := list(prints(ast.parse(path.read_text(encoding="utf-8")))):
            found[str(path.relative_to(ROOT))] = said
    assert found == {}
