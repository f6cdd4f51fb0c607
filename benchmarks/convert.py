"""How fast records become R4: convert + check against fhir.resources' construct + validate + dump, in the same run on
the same resources; and whether memory stays flat. `python -m benchmarks.convert [N]`

The mix: the sample clinic's records, as many of each of the ten FHIR types. Times are of the processor, so that a busy
machine changes them little. Goals: 20 times as fast; over N records (default 1,000,000) no more memory than at the
beginning.
"""

import gc
import importlib
import json as plain_json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.common import resident
from fhirdesk import sample
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.records import Record
from fhirdesk.r4 import json
from fhirdesk.r4.check import check

MAPPER = Mapper()
EACH, ROUNDS = 40, 5  # records of each type; the best of so many rounds counts
MANY = 1_000_000
GOAL, FLAT = 20.0, 20.0  # times as fast; MB


def mix() -> dict[str, list[dict[str, Any]]]:
    """Rows of the sample clinic by the FHIR type they become."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sample.generate(400, 7):
        kind = registry.resource_type(MAPPER.read_record(row, None))
        if len(found[kind]) < EACH:
            found[kind].append(row)
    return dict(found)


def microseconds(work: Callable[[Any], Any], items: list[Any]) -> float:
    """One item, the best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        for item in items:
            work(item)
        best = min(best, (time.process_time_ns() - began) / len(items) / 1000)
    return best


def convert(record: Record) -> None:
    """What is done with a record: its resource, and whether it is R4."""
    assert not check(MAPPER.to_resource(record))


def model(kind: str) -> Callable[[Any], Any]:
    """What fhir.resources does with the same: construct and validate, dump."""
    class_ = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    return lambda resource: class_.model_validate(resource).model_dump_json()


def compare() -> bool:
    """A row a type, then the mix."""
    print(f"{'':22}{'read':>8}{'convert':>9}{'+ check':>9}{'models':>10}{'ratio':>8}   (microseconds)")
    totals = [0.0, 0.0, 0.0, 0.0]
    for kind, rows in sorted(mix().items()):
        records = [MAPPER.read_record(row, None) for row in rows]
        bodies = [json.dumps(MAPPER.to_resource(record)) for record in records]
        times = [
            microseconds(lambda row: MAPPER.read_record(row, None), rows),
            microseconds(MAPPER.to_resource, records),
            microseconds(convert, records),
            microseconds(model(kind), [plain_json.loads(body) for body in bodies]),
        ]
        totals = [a + b for a, b in zip(totals, times, strict=True)]
        line(f"{kind} ({len(rows)})", times)
    line("all types", [t / 10 for t in totals])
    ratio = totals[3] / totals[2]
    print(
        f"{ratio:.1f} times as fast (goal {GOAL:.0f}); with reading the rows {totals[3] / (totals[0] + totals[2]):.1f}"
    )
    return ratio >= GOAL


def line(name: str, times: list[float]) -> None:
    """One row of the table."""
    print(f"{name:22}{times[0]:8.1f}{times[1]:9.1f}{times[2]:9.1f}{times[3]:10.1f}{times[3] / times[2]:8.1f}")


def endless() -> Iterator[dict[str, Any]]:
    """Ever new rows."""
    seed = 0
    while True:
        seed += 1
        yield from sample.generate(200, seed)


def flat(count: int) -> bool:
    """Memory over many records, read, converted and checked one by one."""
    began, first, most = time.monotonic(), 0.0, 0.0
    for number, row in enumerate(endless(), 1):
        MAPPER.convert(row, None)
        if number == count // 20:
            gc.collect()
            first = resident()
        if number % 10_000 == 0:
            most = max(most, resident())
        if number >= count:
            break
    print(f"{count:,} records in {time.monotonic() - began:.0f} s; memory {first:.0f} MB, at most {most:.0f} MB")
    return most - first <= FLAT


def main() -> int:
    """Both; 1 when a goal is missed."""
    return 0 if all([compare(), flat(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)]) else 1


if __name__ == "__main__":
    sys.exit(main())
