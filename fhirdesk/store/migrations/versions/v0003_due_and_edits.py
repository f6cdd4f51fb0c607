"""Indexes for what the worker asks before each send: open profile edits, and when the next entry is due."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the two indexes."""
    op.execute(
        "CREATE INDEX queue_edits ON queue_entry (profile, seq) "
        "WHERE operation = 'edit' AND status IN ('pending', 'unknown')"
    )
    op.execute("CREATE INDEX queue_due ON queue_entry (profile, not_before) WHERE status = 'pending'")
