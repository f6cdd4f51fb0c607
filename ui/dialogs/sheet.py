"""What every dialog shares: a sheet over the darkened window, with a title, its content and a footer, opened without a
nested loop. Where the room is too small for the content, the content scrolls; message and buttons stay in view."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHideEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _
from ui.announce import announce
from ui.design.measures import RING, SHEET_FOOTER
from ui.widgets.button import PADDING, Button, Kind
from ui.widgets.card import plain_label
from ui.widgets.fields import quote_server
from ui.widgets.notices import NoticeRow
from ui.widgets.scrim import Scrim, can_be_translucent
from ui.widgets.subject import Subject

EDGE = 48  # px of the window that stay free around the largest sheet
NOTICE = 40  # px of the line that says how it went
BESIDE = 24  # px beside the content
LEAST = 96  # px of the content that are always in view


class Content(QScrollArea):
    """A scroll area that asks for the height of its content, at the width that it has."""

    def __init__(self) -> None:
        super().__init__()
        holder = QWidget()
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(BESIDE, 4, BESIDE, 16)
        self.body.setSpacing(12)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """The size of the whole content."""
        wide = self.body.totalSizeHint().width()
        width = self.viewport().width() if self.isVisible() else wide
        high = self.body.totalHeightForWidth(width) if self.body.hasHeightForWidth() else -1
        return QSize(wide, high if high >= 0 else self.body.totalSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The width of the content, so that nothing is cut at its side."""
        least = self.body.totalMinimumSize()
        return QSize(least.width() + self.verticalScrollBar().sizeHint().width(), min(LEAST, least.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another size when the content has changed."""
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done


class Sheet(QDialog):
    """A dialog that is deleted when it is closed. Esc closes it, as the harmless button does."""

    def __init__(self, title: str, parent: QWidget | None = None, width: int = 560):
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, can_be_translucent())
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.NonModal)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self._scrim: Scrim | None = None
        self.subject: Subject | None = None
        self._content = Content()
        self.body = self._content.body
        self._frame = QFrame()
        self._frame.setObjectName("sheet" if can_be_translucent() else "squareSheet")
        self._column = QVBoxLayout(self._frame)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        self._column.addWidget(self._build_head(title))
        self._column.addWidget(self._content, 1)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(8)
        self._column.addLayout(self._foot)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.addWidget(self._frame)

    def _build_head(self, title: str) -> QWidget:
        """The title, and × at its right; the sheet is moved by it."""
        holder = QWidget()
        self._head = row = QHBoxLayout(holder)
        row.setContentsMargins(BESIDE, 16, 12, 4)
        row.setSpacing(8)
        self.title = plain_label(title, "heading")
        self.title.setWordWrap(True)
        self.leave = Button("", Kind.QUIET, icon="x")
        self.leave.setAccessibleName(_("Close"))
        self.leave.setToolTip(_("Close (Esc)"))
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        row.addWidget(self.title, 1)
        row.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignTop)
        return holder

    def add_heading(self, text: str, note: str = "") -> None:
        """Show the title, and a muted sentence under it."""
        self.title.setText(text)
        if note:
            self.body.addWidget(self.make_note(note))

    def show_subject(self, mark: str, name: str, state: str = "", tone: str = "text") -> None:
        """Show in place of the title what the sheet is about: its mark, its name, and its state in a word."""
        if self.subject is None:
            self.subject = Subject()
            self._head.replaceWidget(self.title, self.subject)
            self._head.setStretchFactor(self.subject, 1)
            self.title.hide()
        self.subject.show_subject(mark, name, state, tone)

    def make_note(self, text: str = "") -> QWidget:
        """A muted sentence that wraps; the caller adds it."""
        label = plain_label(text, "muted")
        label.setWordWrap(True)
        return label

    def showEvent(self, event: QShowEvent) -> None:
        """Darken the window, and put the room that is left below the content."""
        super().showEvent(event)
        if (window := self.parentWidget()) and self._scrim is None:
            self._scrim = Scrim(window.window())
        if not any(self.body.stretch(n) for n in range(self.body.count())):
            self.body.addStretch(1)
        if self.focusWidget() in (None, self.leave):
            self._focus_first()
        self._fit()

    def _focus_first(self) -> None:
        """Focus where to type or choose, which comes after the head; without that, the button that Enter presses."""
        self.leave.setFocus()
        self.focusNextChild()
        if isinstance(self.focusWidget(), QPushButton):
            default = next((b for b in self.findChildren(QPushButton) if b.isDefault()), None)
            (default or self.leave).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Light the window up again."""
        super().hideEvent(event)
        if self._scrim:
            self._scrim.deleteLater()
            self._scrim = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the sheet by its head, as the system moves windows."""
        handle = self.windowHandle()
        if event.button() is Qt.MouseButton.LeftButton and handle and event.position().y() < self._content.y():
            handle.startSystemMove()

    def event(self, event: QEvent) -> bool:
        """Fit the height when the content or the message has grown."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        """Resize to the height of the content, within the window (the screen, where there is none), in its middle."""
        if not self.isVisible():
            return
        layout = self._outer
        screen, room = self.screen().availableGeometry(), self._find_room()
        high = (
            layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        )
        size = self.size().expandedTo(QSize(0, high)).boundedTo(room.size() - QSize(EDGE, EDGE))
        self.resize(size.expandedTo(self.minimumSizeHint()).boundedTo(screen.size()))
        place = QRect(QPoint(), self.size())
        place.moveCenter(room.center())
        place.moveTop(max(place.top(), screen.top()))
        self.move(place.topLeft())

    def _find_room(self) -> QRect:
        """Where the window is, also for a sheet over a sheet; the screen, where there is no window."""
        parent = self.parentWidget()
        while isinstance(parent, Sheet) and parent.parentWidget():
            parent = parent.parentWidget()
        if parent is None:
            return self.screen().availableGeometry()
        return QRect(parent.window().mapToGlobal(QPoint()), parent.window().size())

    def add_notice(self) -> None:
        """Add room below the title for how it went; it stays in view while the content scrolls."""
        self.notice = NoticeRow(height=NOTICE)
        self.said = plain_label(name="quote")
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.hide()
        holder = QVBoxLayout()
        holder.setContentsMargins(BESIDE, 4, BESIDE, 8)
        holder.setSpacing(4)
        holder.addWidget(self.notice)
        holder.addWidget(self.said)
        self._column.insertLayout(1, holder)

    def add_subtitle(self, line: QHBoxLayout) -> None:
        """Show below the title what the sheet is about."""
        line.setContentsMargins(BESIDE, 0, BESIDE, 8)
        self._column.insertLayout(1, line)

    def show_notice(self, mark: str, sentence: str, rest: str = "", *, action: str = "", quote: str = "") -> None:
        """Say below the title how it went. `mark`: a name of ui/design/marks; `quote`: the server's own text."""
        self.notice.show_notice(mark, sentence, rest, action)
        self.said.setText(quote_server(quote))
        self.said.setVisible(bool(quote))
        announce(self.notice, f"{self.notice.text} {self.said.text()}".strip(), is_urgent=mark == "refused")

    def hide_notice(self) -> None:
        """Say nothing any more."""
        self.notice.hide()
        self.said.hide()

    def add_banner(self) -> None:
        """Add room for a message; it is hidden until there is one."""
        self.banner = plain_label(name="banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.quote = plain_label(name="quote")
        self.quote.setWordWrap(True)
        self.quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.quote.hide()
        messages = QVBoxLayout()
        messages.setContentsMargins(BESIDE, 0, BESIDE, 0)
        for label in (self.banner, self.quote):
            messages.addWidget(label)
        self._foot.addLayout(messages)

    def show_message(self, text: str, tone: str = "bad", quote: str | None = None) -> None:
        """Show how it went. `tone` is ok, warn, bad, or empty while nothing is known; `quote` is the server's own
        text."""
        self.quote.setText(quote_server(quote))
        self.quote.setVisible(bool(quote))
        self.banner.setProperty("tone", tone)
        self.banner.style().polish(self.banner)
        self.banner.setText(text)
        self.banner.show()

    def add_buttons(self, left: Sequence[QWidget], right: Sequence[QPushButton]) -> None:
        """Add a row of buttons: rare actions (and a short text) on the left, the ways out on the right."""
        footer = QFrame()
        footer.setObjectName("sheetFooter")
        footer.setFixedHeight(SHEET_FOOTER)
        row = QHBoxLayout(footer)
        is_quiet = any(isinstance(each, Button) and each.kind in (Kind.QUIET, Kind.DANGER) for each in left[:1])
        row.setContentsMargins(BESIDE - RING - (PADDING[Kind.QUIET] if is_quiet else 0), 0, BESIDE - RING, 0)
        row.setSpacing(0)
        for button in left:
            row.addWidget(button)
        row.addStretch(1)
        for button in right:
            row.addWidget(button)
        self._foot.addWidget(footer)


def make_button(text: str, act: Callable[[], object], *, primary: bool = False, quiet: bool = False) -> Button:
    """A button that does one thing; a quiet one is a rare action."""
    widget = Button(text, Kind.QUIET if quiet else Kind.NORMAL, tall=True)
    make_primary(widget, is_primary=primary)
    widget.clicked.connect(lambda _=False: act())
    return widget


def make_primary(button: Button, *, is_primary: bool) -> None:
    """Make a button the one that Enter presses, or one like the others."""
    if is_primary or button.kind is Kind.PRIMARY:
        button.set_kind(Kind.PRIMARY if is_primary else Kind.NORMAL)
    button.setAutoDefault(is_primary)
    button.setDefault(is_primary)
