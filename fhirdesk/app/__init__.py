"""The use cases behind the faces: the desk, what it is made of, importing, exporting, preview, profiles."""
