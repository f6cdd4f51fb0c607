"""The desk: the one door through which the window and the command line use the program."""

from fhirdesk.app.desk.desk import Desk, open_desk

__all__ = ["Desk", "open_desk"]
