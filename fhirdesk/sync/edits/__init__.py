"""Profile edits: sent to the server first; the local record changes only when the server accepts."""
