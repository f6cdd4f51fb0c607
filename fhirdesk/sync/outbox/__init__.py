"""Takes records in and queues what is new or changed."""
