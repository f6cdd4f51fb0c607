"""The queue's verbs: enqueue, claim, transition, hold, release, recover. Each runs in a transaction of the store.

Design: docs/queue.md. A lane is all open entries of one record; only its head may be claimed. Every change of status is
a compare-and-set on the status (and attempt) before it, so that an answer which comes late changes nothing.
"""

from fhirdesk.store.queue.dispatch import Queue
from fhirdesk.store.queue.model import MIXED_UP, STRANGER, LastAttempt, NewEntry, Prepared, Transition, waiting_reason

__all__ = ["MIXED_UP", "STRANGER", "LastAttempt", "NewEntry", "Prepared", "Queue", "Transition", "waiting_reason"]
