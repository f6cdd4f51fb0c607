"""The first start, in place of the panes: the sample clinic, a connection to the clinic's server, or a file only."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import N_, _, fill
from ui import words
from ui.design import fonts, icons, measures
from ui.design.fonts import Size
from ui.jobs import SAMPLE_PATIENTS
from ui.widgets.button import Button, Kind
from ui.widgets.chips import LinkButton
from ui.widgets.fields import MarkLabel, text_label

WIDE = 876  # px of both doors side by side
TILE, GLYPH = 40, 20  # px of the icon's ground, and of the icon
PADDING = 24  # px inside a door
SAMPLE = (
    N_("Look around in a practice clinic"),
    N_("Opens a clinic with {count} invented patients at once."),
    (
        N_("No server and no internet needed"),
        N_("Practice records never leave this computer"),
        N_("You can change to a real server at any time"),
    ),
    N_("Open the practice clinic"),
)
SERVER = (
    N_("Connect to your clinic's server"),
    N_("You need the FHIR address that your IT staff gave you."),
    (
        N_("Address, sign-in and permissions are checked step by step"),
        N_("Servers that can only be read work, too"),
        N_("Nothing is sent until the check is done"),
    ),
    N_("Connect to a server…"),
)


class Door(QFrame):
    """One way to begin: an icon, what it is, what to know of it, and its button."""

    def __init__(self, icon: str, tone: str, kind: Kind):
        super().__init__()
        self.setObjectName("door")
        self._icon, self._tone = icon, tone
        self.tile = QLabel()
        self.tile.setObjectName("tile")
        self.tile.setProperty("tone", tone)
        self.tile.setFixedSize(TILE, TILE)
        self.tile.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = text_label(size=Size.TITLE, weight=600)
        self.sentence = text_label(tone="muted")
        self.facts = [text_label() for _ in range(3)]
        for label in (self.title, self.sentence, *self.facts):
            label.setWordWrap(True)
        self.button = Button("", kind, tall=True)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(PADDING - measures.RING,) * 4)
        whole.setSpacing(16)
        column = QVBoxLayout()
        column.setContentsMargins(*(measures.RING,) * 4)
        column.setSpacing(8)
        whole.addLayout(column, 1)
        whole.addWidget(self.button)
        column.addWidget(self.tile)
        column.addSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addSpacing(4)
        for fact in self.facts:
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(MarkLabel("saved"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(fact, 1)
            column.addLayout(line)
        column.addStretch(1)

    def show_texts(self, title: str, sentence: str, facts: Sequence[str], action: str) -> None:
        """Say it in the language of the window."""
        self.title.setText(title)
        self.sentence.setText(sentence)
        for label, fact in zip(self.facts, facts, strict=True):
            label.setText(fact)
        self.button.setText(action)
        self.button.setAccessibleDescription(" ".join((title, sentence, *facts)))

    def apply_theme(self) -> None:
        """Paint the icon in the colours of another theme."""
        ink = "accent" if self._tone == "accent" else "muted"
        self.tile.setPixmap(icons.draw_pixmap(self._icon, ink, GLYPH, scale=2))


class StartPage(QScrollArea):
    """Offers two doors, and a file as a link; all can be chosen later in the menu, too."""

    sample_requested = Signal()
    connection_requested = Signal()
    file_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.heading = text_label(weight=600)
        self.heading.setFont(fonts.sans(Size.NUMBER, QFont.Weight.DemiBold))
        self.sentence = text_label(tone="muted")
        self.sample = Door("flask-conical", "accent", Kind.PRIMARY)
        self.server = Door("server", "neutral", Kind.NORMAL)
        self.file = LinkButton("")
        self.lock, self.promise = QLabel(), text_label(tone="muted")
        self.sample.button.clicked.connect(lambda _=False: self._request_sample())
        self.server.button.clicked.connect(lambda _=False: self.connection_requested.emit())
        self.file.clicked.connect(lambda _=False: self.file_requested.emit())
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(WIDE)
        column = QVBoxLayout(middle)
        column.setContentsMargins(measures.GAP, PADDING, measures.GAP, PADDING)
        column.setSpacing(12)
        column.addStretch(1)
        for label in (self.heading, self.sentence):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(28)
        doors = QHBoxLayout()
        doors.setSpacing(measures.GAP)
        for door in (self.sample, self.server):
            doors.addWidget(door, 1)
        column.addLayout(doors)
        column.addSpacing(4)
        column.addLayout(self._lay_out_foot())
        column.addStretch(1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)
        self.setWidget(holder)

    def _lay_out_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.file)
        foot.addStretch(1)
        foot.addWidget(self.lock)
        foot.addWidget(self.promise)
        return foot

    def retranslate(self) -> None:
        self.heading.setText(_("How would you like to start?"))
        self.sentence.setText(_("Keeps patients on this computer, and in step with the hospital's FHIR server."))
        for door, (title, sentence, facts, action) in ((self.sample, SAMPLE), (self.server, SERVER)):
            text = fill(_(sentence), count=words.format_count(SAMPLE_PATIENTS))
            door.show_texts(_(title), text, [_(fact) for fact in facts], _(action))
        self.file.setText(_("Only look at a FHIR file…"))
        self.promise.setText(_("No account, no cloud, no usage data"))
        self.apply_theme()

    def apply_theme(self) -> None:
        """Paint the icons in the colours of another theme."""
        for door in (self.sample, self.server):
            door.apply_theme()
        self.file.setIcon(icons.icon("file-json", "accent"))
        self.lock.setPixmap(icons.draw_pixmap("lock", "muted", scale=2))

    def _request_sample(self) -> None:
        self.sample.button.set_busy(True)
        self.sample_requested.emit()

    def wait_no_more(self) -> None:
        """Take presses again: the practice clinic could not be opened."""
        self.sample.button.set_busy(False)
