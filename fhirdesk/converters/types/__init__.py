"""One module for each record type: its fields, its resource, and the way back."""
