"""An entry that the server did not store as it was sent says so in its state."""

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import QueueRow
from tests.marks import rule
from ui.models.paged import NO_SERVER
from ui.models.tables import QUEUE


@rule(7)
def test_a_completed_entry_that_lacks_something_there_is_saved_in_part() -> None:
    less = Reason("why_stored_less", {"elements": "Patient.telecom, Patient.name.text"})
    row = QueueRow(1, "u", "patient", "P-1", "update", Status.COMPLETED, 5, 1, 0.0, 0.0, less, "P-1", None, "7")
    assert row.not_stored == ("Patient.telecom", "Patient.name.text")
    assert any(column.cell(row, NO_SERVER).lead == "Saved in part" for column in QUEUE)
