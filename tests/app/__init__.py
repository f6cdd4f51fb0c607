"""The use cases behind the faces."""
