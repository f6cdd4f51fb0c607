"""The first tables: records, patients and their search, the map, the queue, attempts, cursors, audit."""

from alembic import op

from fhirdesk.store.schema.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables; the search index holds jamo, so that one syllable finds."""
    metadata.create_all(op.get_bind())
    op.execute(
        "CREATE VIRTUAL TABLE patient_search USING fts5"
        "(jamo, initials, digits, key, content='', tokenize='trigram', detail=full)"
    )
