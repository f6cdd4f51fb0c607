"""Records keep the resource they were read from, and the names by which other resources refer to them."""

from alembic import op
from sqlalchemy import Column, LargeBinary, inspect

from fhirdesk.store.schema.tables import record_name

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """A new file has them from the first step, which makes the tables as they are now."""
    bind = op.get_bind()
    for table in ("record", "queue_entry"):
        there = {c["name"] for c in inspect(bind).get_columns(table)}
        for name in {"base", "links"} - there:
            op.add_column(table, Column(name, LargeBinary()))
    record_name.create(bind, checkfirst=True)
