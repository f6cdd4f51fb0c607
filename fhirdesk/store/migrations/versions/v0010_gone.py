"""Beside each record when it was deleted where it came from: it stays here, marked."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE record ADD COLUMN gone_at FLOAT")
