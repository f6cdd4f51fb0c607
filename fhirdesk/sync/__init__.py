"""What happens in which order: outbox, push, worker, probe, write-through."""
