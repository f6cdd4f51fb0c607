"""Sums over rows, so that damage is seen; the database's name and the number of its last commit."""

from alembic import op
from sqlalchemy import Column, Integer, inspect

from fhirdesk.store.schema.tables import store_state

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A new file has them from the first step, which makes the tables as they are now. Older rows have no sum."""
    bind = op.get_bind()
    for table in ("record", "queue_entry", "resource_map"):
        if "sum" not in {c["name"] for c in inspect(bind).get_columns(table)}:
            op.add_column(table, Column("sum", Integer()))
    store_state.create(bind, checkfirst=True)
