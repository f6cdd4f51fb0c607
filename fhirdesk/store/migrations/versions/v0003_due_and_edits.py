"""Indexes for what the worker asks before each send: open profile edits, and when the next entry is due."""

from alembic import op
from sqlalchemy import inspect, text

revision = "0003"
down_revision = "0002"

ADDED = (
    ("queue_edits", ["profile", "seq"], "operation = 'edit' AND status IN ('pending', 'unknown')"),
    ("queue_due", ["profile", "not_before"], "status = 'pending'"),
)


def upgrade() -> None:
    """A new file has them from the first step, which makes the tables as they are now."""
    there = {i["name"] for i in inspect(op.get_bind()).get_indexes("queue_entry")}
    for name, columns, where in ADDED:
        if name not in there:
            op.create_index(name, "queue_entry", columns, sqlite_where=text(where))
