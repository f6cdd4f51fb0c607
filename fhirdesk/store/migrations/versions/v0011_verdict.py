"""Beside each attempt what its answer meant: nobody reads its status again. Of old ones it is worked out once."""

from alembic import op

revision = "0011"
down_revision = "0010"

DERIVED = """
UPDATE attempt SET verdict = CASE
  WHEN issue = 'not-fhir' THEN 'not_fhir'
  WHEN issue = 'mixed-up' THEN 'mixed_up'
  WHEN status = 202 THEN 'deferred'
  WHEN status BETWEEN 200 AND 299 THEN 'unproved'
  WHEN status = 304 OR status = 408 THEN 'unknown'
  WHEN status BETWEEN 300 AND 399 THEN 'moved'
  WHEN status = 412 AND json_extract(CAST(request AS TEXT), '$.if_none_exist') IS NOT NULL THEN 'duplicate'
  WHEN status BETWEEN 400 AND 499 AND issue IN ('duplicate', 'multiple-matches') THEN 'duplicate'
  WHEN status = 404 THEN 'not_there'
  WHEN status IN (409, 412, 423) AND issue IN ('lock-error', 'transient', 'no-store', 'exception', 'timeout',
    'incomplete', 'throttled') THEN 'backoff'
  WHEN status IN (409, 412, 423) THEN 'stale'
  WHEN status = 428 THEN 'needs_version'
  WHEN status BETWEEN 400 AND 499 THEN 'rejected'
  ELSE 'server_error' END
WHERE status IS NOT NULL
"""


def upgrade() -> None:
    """Add the column and fill it."""
    op.execute("ALTER TABLE attempt ADD COLUMN verdict TEXT")
    op.execute(DERIVED)
