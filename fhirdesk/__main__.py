"""`python -m fhirdesk` is the command line."""

import sys

from fhirdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
