"""The one way to start this program's command line as a child: in a frozen program, too, where there is no Python."""

import sys
from collections.abc import Sequence

COMMAND_LINE = "--command-line"  # internal: the words after it are for the command line, not for the window


def command(*words: str) -> tuple[str, list[str]]:
    """The program to start and its arguments, for those words of the command line."""
    if getattr(sys, "frozen", False):
        return sys.executable, [COMMAND_LINE, *words]
    return sys.executable, ["-m", "fhirdesk", *words]


def find_command_line_words(arguments: Sequence[str]) -> Sequence[str] | None:
    """The words for the command line that a child was started with; None: it is the window's start."""
    return arguments[1:] if arguments[:1] == [COMMAND_LINE] else None
