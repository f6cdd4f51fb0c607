"""Lucide's icons in the colours of the theme that is shown."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui import assets
from ui.design import tokens
from ui.design.measures import ICON

SCALES = (1, 2)
FAINT = 0.55  # opacity of a disabled icon


def icon(name: str, ink: str = "muted") -> QIcon:
    """Return an icon of 16 px in the colour of a token. Raises FileNotFoundError for an unknown name."""
    return _build_icon(name, ink, tokens.shown_theme())


def draw_pixmap(name: str, token: str, size: int = ICON, *, scale: int = 1, opacity: float = 1.0) -> QPixmap:
    """Draw an icon of `size` px for a screen of that scale."""
    source = assets.path(f"icons/lucide/{name}.svg").read_text(encoding="utf-8")
    source = source.replace("currentColor", tokens.colour(token).name())
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@cache
def _build_icon(name: str, token: str, theme: str) -> QIcon:
    built = QIcon()
    for scale in SCALES:
        built.addPixmap(draw_pixmap(name, token, scale=scale))
        built.addPixmap(draw_pixmap(name, "faint", scale=scale, opacity=FAINT), QIcon.Mode.Disabled)
    return built
