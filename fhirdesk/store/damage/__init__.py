"""A damaged database: what is left of it, read and put into a fresh one."""
