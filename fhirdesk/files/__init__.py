"""Files in and out: JSON, NDJSON, CSV and Bundles, by content, streamed."""
