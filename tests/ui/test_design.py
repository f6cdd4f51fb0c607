"""The design system: colours that can be read, a style sheet without gaps, icons and marks that paint."""

import re

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from tests.ui import look
from ui.design import icons, marks, tokens
from ui.design.style_sheet import build_style_sheet
from ui.gallery import build_gallery

THEMES = ("light", "dark", "contrast")
TEXTS = ("text", "muted", "faint", "accent", "refused", "conflict", "checking", "info", "waiting", "ok")
GROUNDS = ("ground", "surface", "raised", "selection")
TINTED = {"refused": "refused_tint", "conflict": "conflict_tint", "checking": "checking_tint", "info": "info_tint"}
PAIRS = (("on_accent", "accent"), ("on_accent", "accent_hover"), ("on_accent", "accent_pressed"), ("on_tip", "tip"))
GLYPHS = (("on_solid", "refused_solid"), ("on_solid", "conflict_solid"), ("checking", "checking_disc"))
READABLE, VISIBLE = 4.5, 3.0  # https://www.w3.org/TR/WCAG21/#contrast-minimum, #non-text-contrast


def contrast(one: str, other: str) -> float:
    return look.contrast(QColor(one), QColor(other))


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_every_ground(theme: str) -> None:
    colours = tokens.read_tokens(theme)
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [*TINTED.items(), *PAIRS, ("on_practice", "practice"), ("text", "neutral"), ("muted", "neutral")]
    unreadable = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {p: c for p, c in unreadable.items() if c < READABLE} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_glyphs_controls_and_focus_can_be_seen(theme: str) -> None:
    colours = tokens.read_tokens(theme)
    pairs = (*GLYPHS, ("control", "surface"), ("focus", "surface"), ("focus", "ground"))
    assert [p for p in pairs if contrast(colours[p[0]], colours[p[1]]) < VISIBLE] == []


def test_high_contrast_lifts_lines_and_borders() -> None:
    colours = tokens.read_tokens("contrast")
    for line in ("hair", "line", "field", "control"):
        assert contrast(colours[line], colours["surface"]) >= VISIBLE, line


def test_all_themes_have_the_same_tokens() -> None:
    assert len({frozenset(tokens.read_tokens(theme)) for theme in THEMES}) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_the_style_sheet_has_every_colour_filled_in(theme: str) -> None:
    assert re.findall(r"@\w+", build_style_sheet(theme)) == []


def test_icons_are_painted_in_the_colour_of_their_token(qapp: QApplication) -> None:
    tokens.show_theme("light")
    image = icons.draw_pixmap("trash-2", "refused", scale=2).toImage()
    inks = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
    }
    assert tokens.colour("refused").name() in inks


@pytest.mark.parametrize("name", marks.MARKS)
def test_every_mark_is_painted_within_its_box(qapp: QApplication, name: str) -> None:
    canvas = QPixmap(24, 24)
    canvas.fill(QColor("#ffffff"))
    painter = QPainter(canvas)
    marks.paint_mark(painter, 4, 4, name)
    painter.end()
    image = canvas.toImage()
    inked = [(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y) != QColor("#ffffff")]
    box = QRect(4, 4, 16, 16)
    assert len(inked) >= 4
    assert all(box.contains(x, y) for x, y in inked)


@pytest.mark.parametrize("theme", THEMES)
def test_the_gallery_shows_every_component(qapp: QApplication, theme: str) -> None:
    tokens.show_theme(theme)
    window = build_gallery()
    window.resize(1440, 900)
    picture: QImage = window.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, 1400, 7) for y in range(0, 900, 7)}) > 20
    tokens.show_theme("light")
