"""Fewer indexes that every change of state must rewrite: a lane is read through the index of a record's entries, a
patient's entries through one that does not know their state, and nothing is sorted by when it is due."""

from alembic import op
from sqlalchemy import inspect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """queue_due and queue_lane go; queue_patient holds all entries."""
    there = {i["name"]: i for i in inspect(op.get_bind()).get_indexes("queue_entry")}
    for name in ("queue_due", "queue_lane"):
        if name in there:
            op.drop_index(name, "queue_entry")
    if "queue_patient" in there and there["queue_patient"].get("dialect_options", {}).get("sqlite_where") is not None:
        op.drop_index("queue_patient", "queue_entry")
        op.create_index("queue_patient", "queue_entry", ["profile", "patient_key"])
