"""The tables, their rows as frozen values, and their checksums."""
