"""Alembic runs the steps on the connection it is given, inside our transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
