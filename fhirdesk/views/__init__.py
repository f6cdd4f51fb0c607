"""What the desk shows: frozen rows and summaries for the window and the command line, ready to be said in words."""

from fhirdesk.views.previews import (
    How,
    IssueView,
    OpenedView,
    OriginView,
    PreviewView,
)
from fhirdesk.views.queue import (
    ChainRow,
    Counts,
    DrainSummary,
    EntryDetails,
    FailureGroup,
    FieldValues,
    QueueQuery,
    QueueRow,
)
from fhirdesk.views.records import (
    STATE_OF,
    EditOutcome,
    EditResult,
    Ids,
    ImportLine,
    ImportProgress,
    Listing,
    PatientQuery,
    PatientRow,
    PatientSort,
    SyncState,
)
from fhirdesk.views.server import (
    CheckStep,
    Link,
    MetricsView,
    ServerView,
)

__all__ = [
    "STATE_OF",
    "ChainRow",
    "CheckStep",
    "Counts",
    "DrainSummary",
    "EditOutcome",
    "EditResult",
    "EntryDetails",
    "FailureGroup",
    "FieldValues",
    "How",
    "Ids",
    "ImportLine",
    "ImportProgress",
    "IssueView",
    "Link",
    "Listing",
    "MetricsView",
    "OpenedView",
    "OriginView",
    "PatientQuery",
    "PatientRow",
    "PatientSort",
    "PreviewView",
    "QueueQuery",
    "QueueRow",
    "ServerView",
    "SyncState",
]
