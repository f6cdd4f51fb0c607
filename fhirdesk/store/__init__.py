"""The local database: records, queue, id map and audit. Only the store announces changes of data, after the commit."""
