"""One sentence that says whether all is well: what needs a person, and what goes out by itself. A link to the rows."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import Counts, Link, ServerView
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.announce import announce
from ui.design import fonts, icons, marks, measures, tokens
from ui.widgets.button import SPIN_ANGLE, SPIN_STEP, paint_focus_ring

NEEDS_PERSON = (Status.FAILED, Status.CONFLICT)
GOES_OUT = (Status.PENDING, Status.PROCESSING, Status.HELD, Status.UNKNOWN)
AFTER_MARK = 8  # px
OPENING = "loader-circle"  # the icon that turns while the records are being opened


class Summary(QPushButton):
    """Shows the sentence; where the room is narrow its second half goes first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("summary")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(measures.CONTROL + 2 * measures.RING)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._counts: Counts | None = None
        self._patients: int | None = None  # known before the queue is
        self._is_opening = False
        self._angle = 0
        self._turn = QTimer(self, interval=SPIN_STEP)
        self._turn.timeout.connect(self._spin)
        self._server = ServerView("", None, Link.UNSET, False)
        self._mark, self._first, self._rest = "", "", ""
        self._people = 0  # changes that need a person, when that was said last
        self._said = ""  # the mark that was shown then

    def show_opening(self, is_opening: bool, patients: int | None = None) -> None:
        """Say that the records are being opened, with the number of patients once it is known."""
        self._is_opening, self._patients = is_opening, patients
        (self._turn.start if is_opening else self._turn.stop)()
        self.retranslate()

    def _spin(self) -> None:
        self._angle = (self._angle + SPIN_ANGLE) % 360
        self.update()

    def show_counts(self, counts: Counts | None) -> None:
        """Say it of another snapshot of the queue; None: it was not read yet."""
        self._counts = counts
        self.retranslate()
        self._announce()

    def _announce(self) -> None:
        """Tell a screen reader when more needs a person, and when all is well: numbers that only go down pass."""
        people = sum(self._counts[s] for s in NEEDS_PERSON) if self._counts else 0
        if people > self._people:
            announce(self, self._first, is_urgent=True)
        elif self._counts and self._mark == "saved" != self._said:
            announce(self, self._first)
        self._people, self._said = people, self._mark

    def show_server(self, view: ServerView) -> None:
        """Say it with what the server's state means for what waits."""
        changed, self._server = view.link is not self._server.link, view
        self.retranslate()
        if changed:
            announce(self, _(words.LINKS[view.link][1]))

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return f"{self._first}{self._rest}"

    def retranslate(self) -> None:
        self._mark, self._first, self._rest = self._build_sentence()
        self.setAccessibleName(self.sentence)
        self.setToolTip(self.sentence)
        self.update()

    def _build_sentence(self) -> tuple[str, str, str]:
        if self._is_opening:
            count = fill(_("{count} patients"), count=words.format_count(self._patients or 0))
            return OPENING, _("Opening the records…"), "" if self._patients is None else f" · {count}"
        if self._counts is None:
            return "", "", ""
        people = sum(self._counts[s] for s in NEEDS_PERSON)
        waiting = sum(self._counts[s] for s in GOES_OUT)
        if people:
            first = fill(_("Needs you: {count}"), count=words.format_count(people))
            return "refused", first, f" · {self._describe_waiting(waiting)}" if waiting else ""
        if waiting:
            return self._mark_of_waiting(), self._describe_waiting(waiting), ""
        return ("saved", _("Everything is saved on the server"), "") if self._counts[Status.COMPLETED] else ("",) * 3

    def _mark_of_waiting(self) -> str:
        return "sending" if self._server.link is Link.ONLINE else "waiting"

    def _describe_waiting(self, waiting: int) -> str:
        text = {
            Link.ONLINE: _("{count} go out by themselves"),
            Link.PAUSED: _("{count} are kept until sending is resumed"),
            Link.UNSET: _("{count} are kept on this computer: no server is set"),
        }.get(self._server.link, _("{count} go out when the server is back"))
        return fill(text, count=words.format_count(waiting))

    def sizeHint(self) -> QSize:
        """The whole sentence with its mark."""
        return QSize(self._width_of(self.sentence) + 32, self.height())

    def minimumSizeHint(self) -> QSize:
        """The mark and some letters: the rest is in the tip."""
        return QSize(64, self.height())

    @staticmethod
    def _width_of(text: str) -> int:
        return QFontMetrics(fonts.sans(weight=QFont.Weight.DemiBold)).horizontalAdvance(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint mark, first half and second half, underlined while the mouse is over them."""
        if not self._first:
            return
        painter = QPainter(self)
        left = measures.RING
        top = (self.height() - measures.DISC) // 2
        if self._mark == OPENING:
            self._paint_circle(painter, left, top)
        else:
            marks.paint_mark(painter, left, top, self._mark)
        room = self.rect().adjusted(left + measures.DISC + AFTER_MARK, 0, -measures.RING, 0)
        first = fonts.sans(weight=QFont.Weight.DemiBold)
        first.setUnderline(self.underMouse())
        used = self._paint_part(painter, room, first, "text", self._first)
        self._paint_part(painter, room.adjusted(used, 0, 0, 0), fonts.sans(tabular=True), "muted", self._rest)
        if self.hasFocus():
            ring = self.rect().adjusted(measures.RING - 2, 4, 0, -4)
            paint_focus_ring(painter, ring.adjusted(2, 0, -4, 0), measures.RADIUS_CONTROL)

    def _paint_circle(self, painter: QPainter, left: int, top: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(left + measures.DISC / 2, top + measures.DISC / 2)
        painter.rotate(self._angle)
        painter.drawPixmap(-measures.DISC // 2, -measures.DISC // 2, icons.draw_pixmap(OPENING, "accent", scale=2))
        painter.restore()

    @staticmethod
    def _paint_part(painter: QPainter, room: QRect, font: QFont, token: str, text: str) -> int:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(tokens.colour(token))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return metrics.horizontalAdvance(text)
