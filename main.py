"""Start the program: `python main.py`. A frozen program begins here, and so do its children (core.child_process)."""

import sys

from fhirdesk.core.child_process import meant_for_command_line


def main() -> int:
    """The window, or the command line for a child of a frozen program."""
    words = meant_for_command_line(sys.argv[1:])
    if words is not None:
        from fhirdesk.cli import main as command_line

        return command_line(words)
    from ui.app import main as window

    return window()


if __name__ == "__main__":
    raise SystemExit(main())
