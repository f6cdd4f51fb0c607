"""Sums over rows, so that damage is seen; the database's name and the number of its last commit."""

from alembic import op

revision = "0006"
down_revision = "0005"

STORE_STATE = """
CREATE TABLE store_state (
  one INTEGER NOT NULL,
  name TEXT NOT NULL,
  commits INTEGER NOT NULL,
  PRIMARY KEY (one)
)
"""


def upgrade() -> None:
    """Add the columns and the table. Rows that are there already have no sum."""
    for table in ("record", "queue_entry", "resource_map"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN sum INTEGER")
    op.execute(STORE_STATE)
