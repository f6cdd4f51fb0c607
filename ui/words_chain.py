"""How a patient's chain is said in the head of the preview: its nodes, or the one thing that is wrong."""

from collections.abc import Sequence

from fhirdesk.core.queue_entry import Operation, Status, server_sentences
from fhirdesk.core.views import ChainRow, PreviewView, QueueRow, ServerView, SyncState
from fhirdesk.i18n.labels import TYPES, type_label
from fhirdesk.i18n.translation import N_, _, fill
from ui import words
from ui.models.chain import ChainNode
from ui.models.tables import visible

WORST_FIRST = (
    Status.CONFLICT,
    Status.FAILED,
    Status.UNKNOWN,
    Status.PROCESSING,
    Status.HELD,
    Status.PENDING,
)
ACTIONS = {Status.CONFLICT: N_("Resolve"), Status.FAILED: N_("Fix and resend")}
NEEDS_PERSON = WORST_FIRST[:2]
MOST = 4  # nodes that are shown
PATIENT = "patient"


def list_nodes(view: PreviewView, chain: Sequence[ChainRow], server: ServerView) -> list[ChainNode]:
    """The nodes of a patient's chain: the person, then each type that has open entries, parents before children."""
    if view.patient_key is None:
        return []
    by_type: dict[str, list[QueueRow]] = {PATIENT: []}
    for name in (*TYPES, *(each.row.type for each in chain)):
        if rows := [each.row for each in chain if each.row.type == name]:
            by_type[name] = rows
    nodes = [_build_node(name, rows, server) for name, rows in by_type.items() if rows]
    if not by_type[PATIENT]:
        nodes.insert(0, _build_patient_node(view))
    return nodes[:MOST]


def _build_patient_node(view: PreviewView) -> ChainNode:
    """The node of a person of whom nothing waits."""
    state = SyncState.ON_SERVER if view.is_patient_saved else SyncState.LOCAL
    mark = "done" if view.is_patient_saved else words.get_mark(state)
    return ChainNode(PATIENT, view.patient_key or "", mark, type_label(PATIENT), words.name_state(state))


def _build_node(type_: str, rows: Sequence[QueueRow], server: ServerView) -> ChainNode:
    worst = min(rows, key=lambda row: WORST_FIRST.index(row.status))
    state = words.name_state(worst.status)
    if len(rows) > 1:
        state = fill(_("{state}, {count} entries"), state=state, count=words.format_count(len(rows)))
    elif worst.status in (Status.PENDING, Status.UNKNOWN):
        state = f"{state} · {words.format_due(worst.status, worst.not_before, server)}"
    return ChainNode(type_, worst.key, words.get_mark(worst.status), type_label(type_), state)


def find_trouble(view: PreviewView, chain: Sequence[ChainRow]) -> QueueRow | None:
    """The entry of the chain that a person must do something about: of the record that is shown, else the first one."""
    rows = [each.row for each in chain if each.row.status in NEEDS_PERSON]
    own = [row for row in rows if (row.type, row.key) == (view.type, view.key)]
    return next(iter(own or rows), None)


def describe_trouble(view: PreviewView, trouble: QueueRow, chain: Sequence[ChainRow]) -> str:
    """What stands behind the sentence of the trouble: the server's own words, or which other record it is about, and
    how many more there are."""
    more = sum(each.row.status in NEEDS_PERSON for each in chain) - 1
    is_other = (trouble.type, trouble.key) != (view.type, view.key)
    about = f"{type_label(trouble.type)} {trouble.key}" if is_other else _quote_server(view, trouble)
    others = fill(_("and {count} more"), count=words.format_count(more)) if more else ""
    return " · ".join(filter(None, (about, others)))


def _quote_server(view: PreviewView, trouble: QueueRow) -> str:
    """The server's own sentences of the answer that refused the record."""
    said = server_sentences([view.attempt]) if view.attempt and trouble.status is Status.FAILED else None
    return f"“{visible(said)}”" if said else ""


def name_action(trouble: QueueRow) -> str:
    """What the banner's action is called: shorter than its command; "" where only the command says it."""
    return _(ACTIONS[trouble.status]) if trouble.operation not in (Operation.DELETE, Operation.EDIT) else ""


def choose_mark(trouble: QueueRow) -> str:
    """The mark and tint of the banner."""
    return words.get_mark(trouble.status)
