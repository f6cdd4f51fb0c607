"""The verbs, each loaded when it is called."""
