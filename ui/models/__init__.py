"""Table models that follow the desk; they hold ids and fetch pages."""
