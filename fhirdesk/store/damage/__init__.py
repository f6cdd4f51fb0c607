"""A damaged database: how damage is detected, and how what is left moves into a new database."""
