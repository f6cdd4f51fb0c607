"""Beside each record when it was deleted where it came from: it stays here, marked."""

from alembic import op
from sqlalchemy import Column, Float, inspect

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """A new file has it from the first step, which makes the tables as they are now."""
    if "gone_at" not in {c["name"] for c in inspect(op.get_bind()).get_columns("record")}:
        op.add_column("record", Column("gone_at", Float()))
