"""The components of sheets, for the gallery: a timeline, a quotation, a choice between two sides."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fhirdesk.core.views import FieldValues
from ui.models.steps import Step
from ui.widgets.options import Choice
from ui.widgets.quote import Quote
from ui.widgets.subject import Subject
from ui.widgets.timeline import HEIGHT, Timeline

STEPS = (
    Step("not_sent", "Put in the queue", "Priority 5", "10:12:03"),
    Step("waiting", "Server away or busy", "HTTP 503 · a passing trouble", "10:12:04", "41 ms"),
    Step("checking", "Broken off before the answer", "no answer in time", "10:14:05", "10.0 s"),
    Step("refused", "Refused", "HTTP 422 · the content is not valid", "10:20:06", "38 ms"),
)


def build_timeline() -> Timeline:
    """Build four attempts, of which the last is chosen."""
    timeline = Timeline("Attempts")
    timeline.fill(STEPS)
    timeline.setCurrentRow(len(STEPS) - 1)
    timeline.setFixedHeight(HEIGHT * len(STEPS))
    return timeline


def build_quote() -> tuple[QWidget, QWidget]:
    """Build the title of a sheet, and what the server said."""
    subject, quote = Subject(), Quote()
    subject.show_subject("refused", "Patient update · 권도윤", "Refused", "refused")
    sentences = ("전화번호는 10~11자리여야 합니다", "Telecom value is not a valid phone number")
    quote.show_quote(sentences, "The server's own words · HTTP 422 · at", "Patient.telecom[0].value")
    return subject, quote


def build_choice() -> QWidget:
    """Build a field that both sides changed; the server's value is chosen."""
    holder = QWidget()
    choice = Choice(FieldValues("phone", "010-0127-0099", "010-0127-0100", "010-0881-4042"), True, holder)
    choice.theirs.radio.setChecked(True)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(choice.mine, 1)
    row.addWidget(choice.theirs, 1)
    row.addWidget(choice.edit)
    return holder
