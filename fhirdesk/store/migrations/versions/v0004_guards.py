"""The database itself keeps two invariants: one in flight in a lane (I2), and what is final stays so (I5)."""

from alembic import op
from sqlalchemy import inspect, text

from fhirdesk.store.schema.digest import KEEP_FINAL

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them."""
    op.execute(KEEP_FINAL)
    if "queue_flight" not in {i["name"] for i in inspect(op.get_bind()).get_indexes("queue_entry")}:
        columns = ["profile", "type", "key"]
        op.create_index("queue_flight", "queue_entry", columns, unique=True, sqlite_where=text("status = 'processing'"))
