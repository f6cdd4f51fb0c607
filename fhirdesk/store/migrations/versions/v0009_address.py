"""Where the server was whose ids are known: what is at another address must prove that it is the same."""

from alembic import op
from sqlalchemy import Column, Text, inspect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """A new file has it from the first step, which makes the tables as they are now."""
    if "address" not in {c["name"] for c in inspect(op.get_bind()).get_columns("server_state")}:
        op.add_column("server_state", Column("address", Text()))
