"""Resolves unknown outcomes: the server is asked before anything is sent again."""
