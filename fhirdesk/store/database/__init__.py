"""The database as a whole: opened, guarded against older copies of itself, and the store on top of it."""
