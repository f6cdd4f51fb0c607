"""Start the program: `python main.py` (the command line, until the window is built)."""

from fhirdesk.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
