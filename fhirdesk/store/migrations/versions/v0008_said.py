"""Beside each record what its sources said last of it, so that an old export takes nothing back."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE record ADD COLUMN said BLOB")
