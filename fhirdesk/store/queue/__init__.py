"""The queue's verbs: enqueue, claim, complete, move, recover. Each runs inside a write transaction of the store.

Design: docs/queue.md. A lane is all open entries of one record; only its head may be claimed. Every change of state
is compare-and-set on the state (and attempt) it leaves, so that an answer that comes late changes nothing.
"""

from fhirdesk.store.queue.enqueue import Enqueue
from fhirdesk.store.queue.entries import Entries
from fhirdesk.store.queue.model import MIXED_UP, STRANGER, LastAttempt, NewEntry, Prepared, Transition, waiting_reason
from fhirdesk.store.queue.operator import OperatorActions
from fhirdesk.store.queue.retention import QueueRetention
from fhirdesk.store.queue.server_state import ServerState


class Queue(Enqueue, Entries, OperatorActions, ServerState, QueueRetention):
    """The entries of one profile."""


__all__ = ["MIXED_UP", "STRANGER", "LastAttempt", "NewEntry", "Prepared", "Queue", "Transition", "waiting_reason"]
