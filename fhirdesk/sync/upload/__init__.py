"""Queue entries become requests: planned, built, sent."""
