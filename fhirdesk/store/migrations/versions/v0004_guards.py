"""The database itself keeps two invariants: one in flight in a lane (I2), and what is final stays so (I5)."""

from alembic import op

revision = "0004"
down_revision = "0003"

KEEP_FINAL = """
CREATE TRIGGER queue_final BEFORE UPDATE OF status ON queue_entry
WHEN old.status IN ('completed', 'superseded', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'I5: a final entry never changes'); END
"""


def upgrade() -> None:
    """Add a trigger and a unique index."""
    op.execute(KEEP_FINAL)
    op.execute("CREATE UNIQUE INDEX queue_flight ON queue_entry (profile, type, \"key\") WHERE status = 'processing'")
