"""What a person can do to entries, and to which: the store refuses the rest, the window does not offer it."""

from fhirdesk.entry import Status

ALLOWED: dict[str, frozenset[Status]] = {
    "retry": frozenset({Status.FAILED, Status.HELD, Status.PENDING, Status.UNKNOWN}),
    "cancel": frozenset({Status.PENDING, Status.HELD, Status.FAILED, Status.CONFLICT}),
    "discard": frozenset({Status.FAILED, Status.CONFLICT, Status.HELD}),
    "hold": frozenset({Status.PENDING}),
    "release": frozenset({Status.HELD}),
}
CORRECTABLE = frozenset({Status.FAILED, Status.HELD, Status.CONFLICT, Status.PENDING})
DECIDABLE = frozenset({Status.CONFLICT, Status.UNKNOWN})
