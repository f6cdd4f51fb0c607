"""An answer becomes a transition of its entry, written in one transaction."""
