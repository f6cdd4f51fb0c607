"""What the queue pane asks for: its filter as a text that is saved, and the entries of a filter in their sections."""

from array import array
from dataclasses import replace

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import OPEN, Status
from fhirdesk.core.views import QueueQuery
from fhirdesk.i18n.translation import N_
from ui import words
from ui.models.cells import Cell

ALL = QueueQuery(attention=True)
NEEDS_PERSON = frozenset({Status.FAILED, Status.CONFLICT})
SECTIONS = ((-2, N_("Needs you"), NEEDS_PERSON), (-3, N_("Goes out by itself"), OPEN - NEEDS_PERSON))


def write_filter(query: QueueQuery) -> str:
    """Write the state and the kind that a query filters by, to be saved. Text, patient and cause are left out: they may
    name somebody."""
    return f"{','.join(query.statuses)};{','.join(query.types)}"


def read_filter(text: str) -> QueueQuery:
    """Read what `write_filter` wrote; a text that it did not write filters nothing."""
    status, _, kind = text.partition(";")
    statuses = frozenset({Status(status)} if status in list(Status) else ())
    return replace(ALL, statuses=statuses, types=frozenset({kind} if kind else ()))


async def list_entries(desk: Desk, query: QueueQuery) -> "tuple[array[int], dict[int, Cell]]":
    """The ids of the entries of a query, and the titles (in English) of its sections among them. Without any filter it
    shows what is open: what needs a person, then what goes out by itself."""
    if query != ALL:
        return await desk.queue.find_ids(query), {}
    ids: array[int] = array("q")
    sections: dict[int, Cell] = {}
    seen: set[int] = set()
    for identity, title, statuses in SECTIONS:
        part = await desk.queue.find_ids(replace(query, statuses=statuses))
        part = array("q", (i for i in part if i not in seen)) if seen else part  # it moved on meanwhile
        if part:
            sections[identity] = Cell(title, f"  {words.format_count(len(part))}", is_section=True)
            ids.append(identity)
            ids.extend(part)
            seen.update(part)
    return ids, sections
