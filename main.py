"""Start the program: `python main.py`. A frozen program begins here, and so do its children (core.child_process)."""

import sys

from fhirdesk.core.child_process import find_command_line_words


def main() -> int:
    """Open the window, or run the command line where a frozen program started itself as a child; returns the exit
    code."""
    words = find_command_line_words(sys.argv[1:])
    if words is not None:
        from fhirdesk.cli import main as command_line

        return command_line(words)
    from ui.app import main as window

    return window()


if __name__ == "__main__":
    raise SystemExit(main())
