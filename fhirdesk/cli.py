"""The command line; the verbs of docs/records.md."""


def main() -> int:
    """Run one verb."""
    return 2
