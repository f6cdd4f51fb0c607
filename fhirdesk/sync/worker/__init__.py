"""The loop that drains the queue, and the processes beside it."""
