"""Record to resource and back: one module a resource type, pure functions; the registry is the only door."""
