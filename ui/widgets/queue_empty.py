"""What stands in place of the queue's rows where there are none."""

from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.widgets.notices import EmptyState


class QueueEmpty(EmptyState):
    """Says why no entry is listed; where a filter hides them it offers to show all."""

    def show_reason(self, *, is_filtered: bool, saved_at: str, failed: bool) -> None:
        """`saved_at`: the time of day when the queue was read and all was on the server; `failed`: it cannot be
        read."""
        if failed:
            self.show_state("triangle-alert", words.describe_unopened())
        elif is_filtered:
            self.show_state("list-filter", _("No entry matches the filter"), "", _("Show all"))
        elif saved_at:
            self.show_state("saved", _("Everything is saved on the server"), fill(_("As of {time}"), time=saved_at))
        else:
            self.show_state("not_sent", _("Nothing is waiting here."))
