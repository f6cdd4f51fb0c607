"""What the clinic's orders share, whatever they become: words for status and priority (docs/mapping.md, order)."""

from fhirdesk.core.records import Codes

PRIORITIES = Codes(own=frozenset(["routine", "urgent", "asap", "stat"]))
# Of several words for one code, the first is the one that a new record gets.
SERVICE_REQUEST = Codes(
    words={
        "draft": "draft",
        "active": "active",
        "ordered": "active",
        "in_progress": "active",
        "on_hold": "on-hold",
        "completed": "completed",
        "cancelled": "revoked",
        "stopped": "revoked",
    },
    own=frozenset(["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]),
)
MEDICATION_REQUEST = Codes(
    words={
        "draft": "draft",
        "active": "active",
        "ordered": "active",
        "in_progress": "active",
        "on_hold": "on-hold",
        "completed": "completed",
        "cancelled": "cancelled",
        "stopped": "stopped",
    },
    own=frozenset(["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"]),
)
PROCEDURE = Codes(
    words={
        "ordered": "preparation",
        "draft": "preparation",
        "in_progress": "in-progress",
        "active": "in-progress",
        "on_hold": "on-hold",
        "completed": "completed",
        "cancelled": "not-done",
        "stopped": "stopped",
    },
    own=frozenset(
        ["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"]
    ),
)


# Before the target is known: any word, any target's own code.
STATUSES = Codes(
    words={word: word for word in ("draft", "ordered", "active", *PROCEDURE.words)},
    own=SERVICE_REQUEST.own | MEDICATION_REQUEST.own | PROCEDURE.own,
)
