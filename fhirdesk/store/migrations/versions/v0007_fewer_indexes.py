"""Fewer indexes that every change of state must rewrite: a lane is read through the index of a record's entries, a
patient's entries through one that does not know their state, and nothing is sorted by when it is due."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """queue_due and queue_lane go; queue_patient holds all entries."""
    for index in ("queue_due", "queue_lane", "queue_patient"):
        op.execute(f"DROP INDEX IF EXISTS {index}")
    op.execute("CREATE INDEX queue_patient ON queue_entry (profile, patient_key)")
