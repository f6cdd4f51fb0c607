"""The sample clinic, whole, to each kind of server by the command line alone; the server's journal against the queue.

    python -m benchmarks.full_clinic [embedded] [medplum] [hapi] [--patients 1000]

Five results a patient: 1000 patients are 6000 entries. Fails unless each record is on the server once, in one version,
and the queue says completed of each and nothing else. Medplum and HAPI: ../shared/servers (Node, Java).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, journal, server
from tests.harness.journal import fetch
from tests.servers import real

TYPES = {"Patient": "patient", "Observation": "lab_result"}
CLI = [sys.executable, "-m", "fhirdesk"]
Keys = Counter[tuple[str, str]]  # (record type, key): how often


def cli(folder: Path, *words: str) -> list[Any]:
    """One call of the command line: the documents it said. Raises SystemExit when it did not end well."""
    command = [*CLI, "--data-dir", str(folder / "data"), "--json", *words]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise SystemExit(f"{words[0]} ended with {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def clinic(folder: Path, patients: int) -> Path:
    """The sample clinic in a file."""
    path = folder / "clinic.ndjson"
    with path.open("wb") as out:
        words = ("sample", "--patients", str(patients), "--types", ",".join(TYPES.values()))
        subprocess.run([*CLI, *words], check=True, cwd=ROOT, stdout=out, timeout=600)
    return path


def journalled(base: str) -> Keys:
    """What the embedded server and Medplum applied, by their journals; an identifier there is `system|value`."""
    rows: list[dict[str, Any]] = list(journal(base))
    return Counter((TYPES[r["type"]], r["identifiers"][0].rpartition("|")[2]) for r in rows if r["type"] in TYPES)


def remembered(base: str) -> Keys:
    """What HAPI applied: its history of each type, all pages."""
    found: Keys = Counter()
    for type_, ours in TYPES.items():
        url: str | None = f"{base}/{type_}/_history?_count=500"
        while url:
            page = fetch(url)
            found.update((ours, e["resource"]["identifier"][0]["value"]) for e in page.get("entry", ()))
            url = next((k["url"] for k in page.get("link", ()) if k["relation"] == "next"), None)
    return found


def compare(folder: Path, there: Keys) -> list[str]:
    """What is wrong between the queue and the server's journal; empty: nothing."""
    stats = cli(folder, "queue", "stats")[0]
    queue: Keys = Counter((r["type"], r["key"]) for r in cli(folder, "queue", "list", "--status", "completed"))
    twice, lost, strange = sum(n > 1 for n in there.values()), len(queue - there), len(there - queue)
    print(f"  queue: {stats}; journal: {there.total()} writes of {len(there)} records")
    open_ = {state: n for state, n in stats.items() if n and state != "completed"}
    found = {"not completed": sum(open_.values()), "twice": twice, "lost": lost, "not in the queue": strange}
    print("  " + ", ".join(f"{n} {what}" for what, n in found.items()))
    return [what for what, n in found.items() if n]


def run(name: str, base: str, file: Path, folder: Path) -> list[str]:
    """Import and drain to that server."""
    started = time.perf_counter()
    summary = cli(folder, "--server", base, "import", str(file))[-1]["summary"]
    imported = time.perf_counter() - started
    drained = cli(folder, "--server", base, "drain", "--until-empty")[-1]
    rate = drained["completed"] / drained["seconds"]
    print(
        f"{name}: {summary['queued']} queued in {imported:.1f} s, drained in {drained['seconds']:.1f} s: {rate:.0f}/s"
    )
    return compare(folder, remembered(base) if name == "hapi" else journalled(base))


def servers(name: str) -> AbstractContextManager[str]:
    """A fresh one."""
    return server() if name == "embedded" else real(name)


def main() -> int:
    """One server after the other."""
    options = argparse.ArgumentParser()
    options.add_argument("servers", nargs="*", default=["embedded", "medplum", "hapi"])
    options.add_argument("--patients", type=int, default=1000)
    given = options.parse_args()
    wrong: list[str] = []
    for name in given.servers:
        with tempfile.TemporaryDirectory() as folder, servers(name) as base:
            file = clinic(Path(folder), given.patients)
            wrong += [f"{name}: {what}" for what in run(name, base, file, Path(folder))]
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
