"""How SQLite and the files beside it are used."""
