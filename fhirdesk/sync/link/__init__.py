"""The server as a whole: whether it may be asked now, how fast, and whether it is the one we knew."""
