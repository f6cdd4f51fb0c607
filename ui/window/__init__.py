"""The main window and the bars around its panes."""
