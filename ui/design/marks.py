"""The marks of states, in three weights: a solid disc (a person must act), a tinted disc (it runs by itself), a bare
glyph (it is fine). Drawn on a grid of 16 px."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from ui.design import tokens
from ui.design.measures import DISC

Glyph = Callable[[QPainter], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """How a state is marked: its glyph, the token of its ink, that of its disc (None: no disc), that of its word."""

    glyph: Glyph
    ink: str
    disc: str | None
    word: str


def _lines(*lines: tuple[tuple[float, float], ...]) -> Glyph:
    def draw(painter: QPainter) -> None:
        for points in lines:
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))

    return draw


def _ring(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(3.5, 3.5, 9, 9))


def _dot(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawEllipse(QRectF(7, 7, 2, 2))


def _letter(text: str) -> Glyph:
    def draw(painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(11)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, DISC, DISC), Qt.AlignmentFlag.AlignCenter, text)

    return draw


def _exclamation(painter: QPainter) -> None:
    painter.drawLine(QPointF(8, 4), QPointF(8, 8.4))
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QRectF(6.9, 10.4, 2.2, 2.2))


CHECK = _lines(((4, 8.2), (7, 11), (12, 5.2)))
CROSS = _lines(((5, 5), (11, 11)), ((11, 5), (5, 11)))
ARROW = _lines(((8, 11.5), (8, 4.5)), ((5.2, 7.2), (8, 4.5), (10.8, 7.2)))
PAUSE = _lines(((6.2, 5.2), (6.2, 10.8)), ((9.8, 5.2), (9.8, 10.8)))
SWAP = _lines(((4.5, 6.3), (11.3, 6.3), (9.4, 4.4)), ((11.5, 9.7), (4.7, 9.7), (6.6, 11.6)))
EQUAL = _lines(((4.5, 6.5), (11.5, 6.5)), ((4.5, 9.5), (11.5, 9.5)))
TO_RIGHT = _lines(((4, 8), (12, 8)), ((9, 5), (12, 8), (9, 11)))
PLUS = _lines(((4.5, 8), (11.5, 8)), ((8, 4.5), (8, 11.5)))
QUESTION = _letter("?")

MARKS = {
    "refused": Mark(_exclamation, "on_solid", "refused_solid", "refused"),
    "conflict": Mark(SWAP, "on_solid", "conflict_solid", "conflict"),
    "checking": Mark(QUESTION, "checking", "checking_disc", "text"),
    "sending": Mark(ARROW, "info", "info_disc", "text"),
    "waiting": Mark(PAUSE, "waiting", "waiting_disc", "text"),
    "done": Mark(CHECK, "ok", "ok_disc", "text"),  # where something was just saved: a toast, a step that passed
    "not_sent": Mark(_ring, "muted", None, "muted"),
    "saved": Mark(CHECK, "muted", None, "muted"),
    "local": Mark(_dot, "faint", None, "muted"),
    "ended": Mark(CROSS, "faint", None, "muted"),
    "note": Mark(_letter("i"), "info", "info_disc", "text"),
    "copied": Mark(EQUAL, "muted", None, "text"),  # how a value came into the resource
    "mapped": Mark(TO_RIGHT, "info", None, "text"),
    "added": Mark(PLUS, "muted", None, "text"),
    "left_out": Mark(CROSS, "conflict", None, "conflict"),
}


def paint_mark(painter: QPainter, left: int, top: int, name: str) -> None:
    """Paint the mark of that name in a box of 16 px at a whole pixel, so that its edges are sharp."""
    mark = MARKS[name]
    painter.save()
    painter.translate(left, top)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark.disc:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour(mark.disc))
        painter.drawEllipse(QRectF(0.5, 0.5, DISC - 1, DISC - 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(tokens.colour(mark.ink), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    mark.glyph(painter)
    painter.restore()
