"""Frozen values and pure helpers that every room may use. No I/O."""
