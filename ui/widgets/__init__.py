"""Small widgets shared by panes and dialogs."""
