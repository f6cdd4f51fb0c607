"""What a person does to queue entries."""
