"""Beside each record what its sources said last of it, so that an old export takes nothing back."""

from alembic import op
from sqlalchemy import Column, LargeBinary, inspect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """A new file has it from the first step, which makes the tables as they are now."""
    if "said" not in {c["name"] for c in inspect(op.get_bind()).get_columns("record")}:
        op.add_column("record", Column("said", LargeBinary()))
