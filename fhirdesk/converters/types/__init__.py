"""One module a record type."""
