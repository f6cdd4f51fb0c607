"""Where the server was whose ids are known: what is at another address must prove that it is the same."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE server_state ADD COLUMN address TEXT")
