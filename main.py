"""Start the program: `python main.py`. A frozen program begins here, too, its children with it (fhirdesk.child)."""

import sys

from fhirdesk.child import meant_for_command_line


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
