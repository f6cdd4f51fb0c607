"""The sentences themselves, by subject."""
