"""`python -m docs.build pages FOLDER | diagrams | check FOLDER`."""

import sys
from pathlib import Path

from docs.build import diagrams, site_check, staging


def main(words: list[str]) -> int:
    """Do one step of the build. Returns the exit code."""
    match words:
        case ["pages", folder]:
            staging.write_pages(Path(folder))
        case ["diagrams"]:
            diagrams.write_all()
        case ["check", folder]:
            problems = site_check.find_problems(Path(folder))
            print(*problems, sep="\n", end="\n" if problems else "")
            return 1 if problems else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
