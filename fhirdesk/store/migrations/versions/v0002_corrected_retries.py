"""Corrected retries name their origin; an attempt keeps when a search first found nothing after it."""

from alembic import op
from sqlalchemy import Column, Float, Text, inspect

revision = "0002"
down_revision = "0001"

ADDED = (("queue_entry", "origin", Text), ("attempt", "empty_at", Float))


def upgrade() -> None:
    """Add what is missing: a new file has it from the first step, which makes the tables as they are now."""
    there = inspect(op.get_bind())
    for table, name, kind in ADDED:
        if name not in {c["name"] for c in there.get_columns(table)}:
            op.add_column(table, Column(name, kind()))
