"""The local database: records, the queue, the resource map, audit; it alone announces changes, after commit."""
