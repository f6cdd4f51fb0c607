"""What records cost that came from FHIR: imported, sent, exported; beside the same records from rows.

    python -m benchmarks.draft [patients] [rounds]

The sample clinic's records are written as resources and imported into a fresh desk, which then drains to the embedded
server. Microseconds of this process's processor an entry, the best of the rounds; conversions an entry are counted in a
run of their own: a resource made of a record (`to_resource`), fields read from a resource (`to_fields`). A plan is made
in memory: the draft, its references, the request. Goal: a plan of an entry that came from FHIR converts it once.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.common import server
from fhirdesk import sample
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.app.preview import unsaved_entry
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import IdMapping, Status
from fhirdesk.core.records import Base, Record
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.r4 import json
from fhirdesk.sync.plan import Send
from fhirdesk.sync.upload.request_builder import build_request

Figures = dict[str, float]
MAPPER = Mapper()
STEPS = ("import", "send", "export")
counts: Counter[str] = Counter()


def write_files(folder: Path, patients: int) -> tuple[dict[str, Path], int]:
    """The same records as rows and as resources; how many there are."""
    rows = [row for row in sample.generate(patients, 1) if registry.is_ready(MAPPER.read_record(row, None))]
    resources = [MAPPER.convert(row, None)[1] for row in rows]
    files = {"rows": folder / "rows.ndjson", "fhir": folder / "fhir.ndjson"}
    files["rows"].write_bytes(b"".join(json.dumps(row) + b"\n" for row in rows))
    files["fhir"].write_bytes(b"".join(json.dumps(resource) + b"\n" for resource in resources))
    return files, len(rows)


async def run(file: Path, entries: int, read: Callable[[], Counter[str]] | None = None) -> list[Figures]:
    """For each step the processor time an entry, or what `read` counts an entry."""

    def look() -> Figures:
        return dict(read()) if read else {"us": time.process_time() * 1e6}

    with server() as base, tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", Profile("bench", url=base))
        desk = await asyncio.get_running_loop().run_in_executor(None, open_desk, settings)
        await desk.start()
        await desk.queue.pause()
        looks = [look()]
        async for _ in desk.records.import_files([file]):
            pass
        looks.append(look())
        await desk.queue.resume()
        await sent(desk, entries)
        looks.append(look())
        await desk.records.export(None, "ndjson", Path(folder) / "out.ndjson")
        looks.append(look())
        await desk.stop()
    return [
        {name: (after[name] - before.get(name, 0)) / entries for name in after}
        for before, after in itertools.pairwise(looks)
    ]


def plan_times(files: dict[str, Path]) -> dict[str, float]:
    """Microseconds of processor for the plan of a create, by kind of file."""
    return {kind: plan_time([read(json.loads(line)) for line in file.open("rb")]) for kind, file in files.items()}


def read(row: dict[str, Any]) -> Record:
    """The record of a row, or of a resource, which is its base then."""
    if "resourceType" not in row:
        return MAPPER.read_record(row, None)
    type_ = MAPPER.type_of(row) or "patient"
    return MAPPER.from_fhir(type_, MAPPER.key_of(row, type_), row, Base(json.dumps(row)))


def plan_time(records: list[Record]) -> float:
    """Microseconds of processor for the plan of a create; the best of three rounds."""
    entries = [unsaved_entry(record) for record in records]
    places = {place for record in records for place in MAPPER.draft(record).references}
    known = {place: IdMapping(*place, "Patient", "1", None, None) for place in places}
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for entry in entries:
            assert isinstance(build_request(entry, known, MAPPER.draft(entry.record)), Send)
        best = min(best, time.process_time() - began)
    return best / len(records) * 1e6


async def sent(desk: Desk, entries: int) -> None:
    """Until all are on the server."""
    while (await desk.queue.count_by_status())[Status.COMPLETED] < entries:  # noqa: ASYNC110 - as the window does
        await asyncio.sleep(0.25)


def count_conversions() -> None:
    """From now on each conversion of a record, or back, is counted."""

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return function(*arguments)

        return call

    for converter in list(registry._CONVERTERS.values()):
        to_resource, to_fields = counted("to", converter.to_resource), counted("back", converter.to_fields)
        registry._register(replace(converter, to_resource=to_resource, to_fields=to_fields))


async def main(patients: int, rounds: int) -> None:
    """A line for each step."""
    with tempfile.TemporaryDirectory() as folder:
        files, entries = write_files(Path(folder), patients)
        plans = plan_times(files)
        times = {kind: [await run(file, entries) for _ in range(rounds)] for kind, file in files.items()}
        count_conversions()
        conversions = {kind: await run(file, entries, lambda: counts) for kind, file in files.items()}
    print(f"{entries} records{'':10}{'µs':>8}{'to FHIR':>9}{'back':>7}   (an entry)")
    for kind, plan in plans.items():
        print(f"{kind + ', plan':<22}{plan:8.0f}")
        for number, step in enumerate(STEPS):
            best = min(figures[number]["us"] for figures in times[kind])
            each = conversions[kind][number]
            print(f"{kind + ', ' + step:<22}{best:8.0f}{each.get('to', 0):9.2f}{each.get('back', 0):7.2f}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*[*numbers, *(400, 3)[len(numbers) :]]))
