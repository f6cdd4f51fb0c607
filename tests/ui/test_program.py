"""The program around the window: what it imports, its translations and colours, one window a data folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit

from tests.marks import fault
from ui import assets, language, theme
from ui.design import fonts

ROOT = Path(__file__).parents[2]
HEAVY = ("sqlalchemy", "alembic", "httpx2", "fhir", "numpy", "starlette", "uvicorn")
ALLOWED_QT = {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtNetwork", "PySide6.QtSvg", "PySide6.QtWidgets"}
NESTED = re.compile(  # each runs a loop inside the loop: tasks of the outer one lose their wake-ups for ever
    r"\.exec_?\(|getOpenFileNames?\(|getSaveFileName\(|getExistingDirectory\(|waitSignal|processEvents\("
    r"|QMessageBox\.(question|warning|information|critical)\(|QInputDialog\.get|asyncSlot|asyncClose|app\.quit\("
)


def python(code: str, words: Sequence[str] = (), **environ: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environ
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_the_window_is_painted_before_anything_heavy_is_imported() -> None:
    done = python(
        f"import sys, ui.app, ui.program, ui.instance, ui.headless\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr


BOX = """
import sys
from PySide6.QtWidgets import QMessageBox
from ui.app import main
out, sys.stderr = sys.stdout, None
QMessageBox.exec = lambda box: print(ascii(box.text()), box.textFormat(), file=out)
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["--lang", "ko", "--server", "ftp://<b>x\x1b"], "ftp://<b>x\u27e8001B\u27e9", 3),
        (["--theme", "x\x1b[2J"], "--theme", 2),
    ],
)
def test_without_standard_error_a_start_that_fails_is_told_in_a_box(
    tmp_path: Path, words: list[str], said: str, code: int
) -> None:
    done = python(BOX, words=["--data-dir", str(tmp_path), *words])
    assert (done.returncode, done.stdout.count("PlainText")) == (code, 1), done
    assert ascii(said)[1:-1] in done.stdout and "x1b" not in done.stdout.replace("\\\\x1b", "")


def test_no_reference_of_none_is_lost(qapp: QApplication) -> None:
    """PySide6 6.12 on CPython < 3.12 loses one on every call that returns None and every emit, and aborts."""

    class Teller(QObject):
        message_ready = Signal(object)

    teller = Teller()
    teller.message_ready.connect(lambda _: None)
    before = sys.getrefcount(None)
    for _ in range(1000):
        teller.message_ready.emit(None)
        teller.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 500


@pytest.fixture
def x_display() -> Iterator[str]:
    """A display of X that nobody sees."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed")
    told, says = os.pipe()
    command = ["Xvfb", "-displayfd", str(says), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[says], stderr=subprocess.DEVNULL)
    try:
        yield f":{os.read(told, 20).decode().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def sources() -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in (ROOT / "ui").rglob("*.py")]


def test_only_modules_of_qt_are_imported_whose_licence_allows_it() -> None:
    found = {name for _, text in sources() for name in re.findall(r"^\s*(?:from|import) (PySide6[.\w]*)", text, re.M)}
    assert found <= ALLOWED_QT  # QtCharts, QtGraphs and others are GPL only, though their wheels say LGPL


def test_no_loop_runs_inside_the_loop() -> None:
    found = [(path.name, hit[0]) for path, text in sources() for hit in NESTED.finditer(text)]
    assert sorted(found) == [("gallery.py", ".exec("), ("start_errors.py", ".exec(")]  # there is no loop yet


OVERWRITTEN = """
import shutil, sys
from pathlib import Path
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication
from fhirdesk.core.settings import load_settings
from fhirdesk.i18n import translation
from ui import assets, language, theme
folder = Path(sys.argv[1])
translation.FOLDER = Path(shutil.copytree(translation.FOLDER, folder / "locale"))
from ui.program import Program
app = QApplication(sys.argv[:1])
window = Program(app, load_settings(data_dir=folder / "data", environ={}), lang="ko").window
window.show()
(translation.FOLDER / "ko" / "LC_MESSAGES" / "fhirdesk.mo").write_bytes(b"")
window.retranslate()
print(ascii(window.patients.title.text()))
"""


def test_an_update_that_overwrites_the_translation_leaves_an_open_window_alone(tmp_path: Path) -> None:
    done = python(OVERWRITTEN, [str(tmp_path)])
    assert (done.returncode, done.stdout.strip()) == (0, ascii("환자")), done.stderr


@pytest.mark.parametrize(("lang", "cancel", "copy"), [("ko", "취소", "복사"), ("en", "Cancel", "Copy")])
def test_qts_own_texts_are_in_the_language_of_the_window(qapp: QApplication, lang: str, cancel: str, copy: str) -> None:
    language.install(qapp, lang)
    box, line = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel), QLineEdit("text")
    assert box.buttons()[0].text().startswith(cancel)
    menu = line.createStandardContextMenu()
    assert any(copy in action.text().replace("&", "") for action in menu.actions())
    language.install(qapp, "en")


@pytest.mark.parametrize("name", ["Pretendard-Regular", "Pretendard-Medium", "Pretendard-SemiBold"])
def test_fonts_that_write_korean_come_with_the_program(qapp: QApplication, name: str) -> None:
    """A fresh Debian has none: names would be boxes."""
    from PySide6.QtGui import QRawFont

    font = QRawFont(str(assets.path(f"fonts/{name}.otf")), 13)
    assert all(font.supportsCharacter(ord(c)) for c in "가힣ㄱㅎ김경민뷁")


@pytest.mark.parametrize("licence", ["Pretendard-OFL.txt", "JetBrainsMono-OFL.txt"])
def test_the_licence_of_each_font_lies_beside_it(licence: str) -> None:
    assert "SIL OPEN FONT LICENSE" in assets.path(f"fonts/{licence}").read_text(encoding="utf-8").upper()


def test_the_texts_of_the_window_are_in_the_font_of_the_program(qapp: QApplication) -> None:
    fonts.load()
    assert QFontInfo(fonts.sans()).family() == fonts.SANS
    assert QFontInfo(fonts.sans(weight=QFont.Weight.DemiBold)).weight() == QFont.Weight.DemiBold
    assert QFontInfo(fonts.mono()).family() == fonts.MONO


def test_figures_in_a_table_are_equally_wide(qapp: QApplication) -> None:
    fonts.load()
    measure = QFontMetricsF(fonts.sans(tabular=True)).horizontalAdvance
    assert measure("1111") == measure("0000")


@fault("A5")
def test_a_second_start_raises_the_first_window(qapp: QApplication, tmp_path: Path, qtbot: object) -> None:
    from ui.instance import Instance

    first = Instance(tmp_path)
    assert first.is_first
    raised: list[bool] = []
    first.listen(lambda: raised.append(True))
    code = (
        "import sys\nfrom pathlib import Path\nfrom PySide6.QtCore import QCoreApplication\n"
        "app = QCoreApplication([])\nfrom ui.instance import Instance\n"
        f"second = Instance(Path({str(tmp_path)!r}))\n"
        "sys.exit(0 if not second.is_first and second.raise_first() else 1)"
    )
    second = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    while second.poll() is None:
        qapp.processEvents()
    assert second.returncode == 0
    assert raised == [True]
    first.close()


@fault("A6")
def test_a_lock_file_that_was_left_does_not_keep_the_window_shut(tmp_path: Path) -> None:
    from ui.instance import Instance

    (tmp_path / "window.lock").write_text("4711")
    again = Instance(tmp_path)
    assert again.is_first
    again.close()


FONTS = """
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTableWidget
from ui import theme
app = QApplication([])
seen, widgets = [app.font("QMenu").family()], []
for chosen in (theme.Theme.DARK, theme.Theme.LIGHT, theme.Theme.LIGHT):
    theme.apply(app, chosen)
    widgets += [QLabel(), QMenu(), QTableWidget()]
    for widget in widgets:
        widget.ensurePolished()
    seen += [app.font(kind).family() for kind in ("QMenu", "QAbstractItemView", "QMessageBox", "QLabel")]
    seen += [widget.font().family() for widget in widgets]
print(*seen, sep="|")
"""


def test_tables_menus_and_boxes_have_the_themes_font_at_once_and_after_every_change(
    tmp_path: Path, x_display: str
) -> None:
    """Where the system has fonts of its own for them, as Windows and KDE have."""
    told = "font=DejaVu Serif,17,-1,5,50,0,0,0,0,0\nmenuFont=DejaVu Serif,17,-1,5,50,0,0,0,0,0\n"
    (tmp_path / "kdeglobals").write_text(f"[General]\n{told}", encoding="utf-8")
    kde = {"XDG_CURRENT_DESKTOP": "KDE", "KDE_FULL_SESSION": "true", "KDE_SESSION_VERSION": "5"}
    done = python(FONTS, DISPLAY=x_display, QT_QPA_PLATFORM="xcb", XDG_CONFIG_HOME=str(tmp_path), **kde)
    systems, *ours = done.stdout.strip().split("|")
    if systems != "DejaVu Serif":
        pytest.skip(f"no menus of KDE's here: {done.stderr[-200:]}")
    assert len(set(ours)) == 1 and systems not in ours


def test_the_font_is_set_after_what_brings_the_systems_back(qapp: QApplication) -> None:
    class Watched:
        def __init__(self) -> None:
            self.calls: list[str] = []

        def __getattr__(self, name: str) -> object:
            if name.startswith("set"):
                self.calls.append(name)
            return getattr(qapp, name)

    theme.apply(qapp, theme.Theme.LIGHT)
    watched = Watched()
    theme.apply(watched, theme.Theme.LIGHT)  # type: ignore[arg-type]
    assert watched.calls[-1] == "setFont" and "setStyle" not in watched.calls
