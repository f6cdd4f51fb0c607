"""What the user does to queue entries."""
