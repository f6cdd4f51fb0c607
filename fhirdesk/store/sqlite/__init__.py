"""SQLite and the files beside the database: opening, guarding, checkpoints, backups, locks."""
