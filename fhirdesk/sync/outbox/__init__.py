"""How changes enter the queue: records come in, and only what is new is queued."""
