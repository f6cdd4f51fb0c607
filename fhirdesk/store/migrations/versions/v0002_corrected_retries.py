"""Corrected retries name their origin; an attempt keeps when a search first found nothing after it."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the two columns."""
    op.execute("ALTER TABLE queue_entry ADD COLUMN origin TEXT")
    op.execute("ALTER TABLE attempt ADD COLUMN empty_at FLOAT")
