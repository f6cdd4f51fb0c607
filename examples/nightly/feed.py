#!/usr/bin/env python3
"""Feeds FHIR Desk with the rows of a night: `feed.py FILE...`, NDJSON, one record a line. What a clinic's system runs.

The rows go to `fhirdesk-cli import -`, which prints a line of JSON for each one once it is on the disk. It may be
stopped and started again at any time: rows that are known already are unchanged. Only what may pass by itself is tried
again (the disk, another program at the database); a row that is refused is written to a file, to be mended.

Options: --data-dir and the like are given to fhirdesk-cli by the environment (FHIRDESK_DATA_DIR). Needs Python alone.
Exit code: 0 all rows are taken, 1 some were refused (named in FILE.refused), else that of fhirdesk-cli.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TAKEN, SOME_REFUSED, NONE_TAKEN, INTERNAL = 0, 1, 6, 70  # the exit codes of docs/records.md
MAY_PASS = (INTERNAL,)  # a full disk, a locked database
WAITS = (10, 60, 300)  # seconds between the tries


def main() -> int:
    """Feed each file. Returns the exit code of the worst."""
    parser = argparse.ArgumentParser(description="Feed FHIR Desk with files of records.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--source", default="nightly", help="the name of the system that the rows come from")
    parser.add_argument("--command", default="fhirdesk-cli", help="where fhirdesk-cli is")
    parser.add_argument("--waits", type=float, nargs="*", default=WAITS, help="seconds between the tries")
    options = parser.parse_args()
    return max(feed(path, options.source, options.command, options.waits) for path in options.files)


def feed(path: Path, source: str, command: str, waits: list[float]) -> int:
    """Feed one file, more than once if what went wrong may pass. Returns the exit code."""
    code, answers = run_import(path, source, command)
    for wait in waits:
        if code not in MAY_PASS:
            break
        print(f"{path.name}: trying again in {wait:g} s", file=sys.stderr)
        time.sleep(wait)
        code, answers = run_import(path, source, command)
    report(path, code, answers)
    return SOME_REFUSED if code == NONE_TAKEN else code


def run_import(path: Path, source: str, command: str) -> tuple[int, list[dict[str, object]]]:
    """Give the file to `fhirdesk-cli import -`. Returns its exit code and what it said of each row."""
    words = [command, "--json", "import", "-", "--from", source]
    with path.open("rb") as rows:
        done = subprocess.run(words, stdin=rows, stdout=subprocess.PIPE, check=False)
    return done.returncode, list(read_answers(done.stdout))


def read_answers(output: bytes) -> Iterator[dict[str, object]]:
    """What was said of each row. A last line that was cut says nothing: that row was perhaps not taken."""
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def report(path: Path, code: int, answers: list[dict[str, object]]) -> None:
    """Print the summary, and write the rows that were refused beside the file, with why."""
    refused = [answer for answer in answers if answer.get("result") == "refused"]
    summary = next((answer["summary"] for answer in answers if "summary" in answer), None)
    print(f"{path.name}: exit code {code}, {json.dumps(summary)}")
    kept = path.with_name(path.name + ".refused")
    if not refused:
        kept.unlink(missing_ok=True)
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    with kept.open("w", encoding="utf-8") as file:
        for answer in refused:
            line = answer.get("line")
            row = lines[line - 1] if isinstance(line, int) and 0 < line <= len(lines) else ""
            file.write(json.dumps({"why": answer.get("error"), "row": row}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
