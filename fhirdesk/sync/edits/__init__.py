"""A profile edit: to the server first, into the cache only on its yes."""
