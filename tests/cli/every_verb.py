"""Run a list of calls in a process of its own: what each put on the real standard output and error is between marks."""

import json
import sys

from fhirdesk.cli import main

MARK = b"\n@@@@\n"


def run(calls: list[list[str]]) -> list[int]:
    """The exit code of each."""
    codes = []
    for words in calls:
        try:
            codes.append(main(words))
        except SystemExit as usage:
            codes.append(int(usage.code or 0))
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.buffer.write(MARK)
            stream.buffer.flush()
    return codes


if __name__ == "__main__":
    codes = run(json.load(sys.stdin))
    sys.stdout.buffer.write(json.dumps(codes).encode())
